-- What the page is about, in five figures.
SELECT
    (SELECT count() FROM current_articles) AS articles,
    uniqExact(event_id) AS events,
    uniqExact(story_id) AS stories,
    (SELECT count() FROM current_quotes) AS quotes,
    (SELECT uniqExact(source) FROM current_articles) AS sources,
    (SELECT max(analysed_at) FROM current_articles) AS newest
FROM current_events
