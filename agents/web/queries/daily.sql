-- Stories a day and kind.
SELECT event_date, kind, uniqExact(story_id) AS stories
FROM current_events
WHERE event_date BETWEEN {since:Date32} AND {until:Date32}
    AND ({kind:String} = '' OR kind = {kind:String})
    AND ({phase:String} = '' OR phase = {phase:String})
    AND ({country:String} = '' OR has(actor_countries, {country:String}) OR has(target_countries, {country:String}))
    AND ({words:String} = '' OR positionCaseInsensitiveUTF8(sentence_text, {words:String}) > 0)
    AND NOT negated
GROUP BY event_date, kind
ORDER BY event_date, kind
