-- What an analyst reads by default: for each article its newest revision's newest analysis, each id once.
-- FINAL drops what a repeated insert left behind; the pointer drops older revisions and analyses.

CREATE OR REPLACE VIEW current_analyses $on_cluster AS
SELECT
    article_id,
    newest.1 AS revision,
    newest.2 AS analysis
FROM
(
    SELECT
        article_id,
        argMax((revision, analysis), (revision, analysed_at, analysis)) AS newest
    FROM articles
    GROUP BY article_id
);

CREATE OR REPLACE VIEW current_articles $on_cluster AS
SELECT *
FROM articles FINAL
WHERE (article_id, revision, analysis) IN (SELECT article_id, revision, analysis FROM current_analyses);

CREATE OR REPLACE VIEW current_sentences $on_cluster AS
SELECT *
FROM sentences FINAL
WHERE (article_id, revision, analysis) IN (SELECT article_id, revision, analysis FROM current_analyses);

CREATE OR REPLACE VIEW current_entities $on_cluster AS
SELECT *
FROM entity_mentions FINAL
WHERE (article_id, revision, analysis) IN (SELECT article_id, revision, analysis FROM current_analyses);

CREATE OR REPLACE VIEW current_quotes $on_cluster AS
SELECT *
FROM quotes FINAL
WHERE (article_id, revision, analysis) IN (SELECT article_id, revision, analysis FROM current_analyses);

CREATE OR REPLACE VIEW current_events $on_cluster AS
SELECT
    *,
    actor_keys,
    target_keys,
    story_id
FROM events FINAL
WHERE (article_id, revision, analysis) IN (SELECT article_id, revision, analysis FROM current_analyses);

-- One row an event and actor on either side.
CREATE OR REPLACE VIEW current_event_actors $on_cluster AS
SELECT
    article_id,
    source,
    published_at,
    event_id,
    story_id,
    kind,
    phase,
    event_type,
    event_date,
    negated,
    member.1 AS side,
    member.2 AS name,
    member.3 AS country,
    member.4 AS entity_id,
    member.5 AS role,
    member.6 AS text,
    member.7 AS start_offset,
    member.8 AS end_offset
FROM current_events
ARRAY JOIN arrayConcat(
    arrayMap(
        (a, b, c, d, e, f, g) -> ('actor', a, b, c, d, e, f, g),
        actors, actor_countries, actor_ids, actor_roles, actor_texts, actor_starts, actor_ends
    ),
    arrayMap(
        (a, b, c, d, e, f, g) -> ('target', a, b, c, d, e, f, g),
        targets, target_countries, target_ids, target_roles, target_texts, target_starts, target_ends
    )
) AS member;
