-- The newest events with the sentence that tells them.
SELECT event_date, event_type, negated, actors, actor_countries, targets, target_countries, attributed_to,
    trigger, sentence_text, source, article_id, confidence
FROM current_events
WHERE event_date BETWEEN {since:Date32} AND {until:Date32}
    AND ({kind:String} = '' OR kind = {kind:String})
    AND ({phase:String} = '' OR phase = {phase:String})
    AND ({country:String} = '' OR has(actor_countries, {country:String}) OR has(target_countries, {country:String}))
    AND ({words:String} = '' OR positionCaseInsensitiveUTF8(sentence_text, {words:String}) > 0)
ORDER BY event_date DESC, published_at DESC, article_id, trigger_start
LIMIT 100
