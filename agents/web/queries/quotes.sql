-- The newest quotes.
SELECT toDate(published_at) AS day, speaker_name, speaker_country, kind, content, cue, source, article_id
FROM current_quotes
WHERE toDate32(published_at) BETWEEN {since:Date32} AND {until:Date32}
    AND ({country:String} = '' OR speaker_country = {country:String})
    AND ({words:String} = '' OR positionCaseInsensitiveUTF8(content, {words:String}) > 0
        OR positionCaseInsensitiveUTF8(speaker_name, {words:String}) > 0)
ORDER BY published_at DESC, article_id, content_start
LIMIT 100
