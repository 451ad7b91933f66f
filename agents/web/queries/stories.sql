-- What several sources tell.
SELECT event_date, event_type, actors, targets, mentions, sources, first_seen, first_sentence
FROM stories
WHERE event_date BETWEEN {since:Date32} AND {until:Date32}
    AND ({kind:String} = '' OR kind = {kind:String})
    AND ({phase:String} = '' OR phase = {phase:String})
    AND ({country:String} = '' OR has(actor_countries, {country:String}) OR has(target_countries, {country:String}))
    AND ({words:String} = '' OR positionCaseInsensitiveUTF8(first_sentence, {words:String}) > 0)
ORDER BY sources DESC, mentions DESC, event_date DESC, story_id
LIMIT 30
