-- Which countries and bodies act on which, most stories first.
SELECT acting AS actor, other AS target, uniqExact(story_id) AS stories, topK(3)(event_type) AS types
FROM
(
    SELECT story_id, event_type, arrayJoin(arrayDistinct(actor_countries)) AS acting, target_countries
    FROM current_events
    WHERE event_date BETWEEN {since:Date32} AND {until:Date32}
    AND ({kind:String} = '' OR kind = {kind:String})
    AND ({phase:String} = '' OR phase = {phase:String})
    AND ({country:String} = '' OR has(actor_countries, {country:String}) OR has(target_countries, {country:String}))
    AND ({words:String} = '' OR positionCaseInsensitiveUTF8(sentence_text, {words:String}) > 0)
        AND NOT negated
)
ARRAY JOIN arrayDistinct(target_countries) AS other
WHERE acting != '' AND other != '' AND acting != other
GROUP BY actor, target
ORDER BY stories DESC, actor, target
LIMIT 15
