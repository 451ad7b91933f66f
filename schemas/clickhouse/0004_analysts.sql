-- Summaries over the current rows. They count distinct ids, never rows, and say how many sources stand behind a figure.

CREATE OR REPLACE VIEW stories $on_cluster AS
SELECT
    story_id,
    kind,
    phase,
    event_type,
    event_date,
    negated,
    earliest.1 AS actors,
    earliest.2 AS actor_countries,
    earliest.3 AS targets,
    earliest.4 AS target_countries,
    mentions,
    articles,
    sources,
    source_names,
    first_seen,
    last_seen,
    earliest.5 AS first_source,
    earliest.6 AS first_article_id,
    earliest.7 AS first_sentence
FROM
(
    SELECT
        e.story_id AS story_id,
        any(e.kind) AS kind,
        any(e.phase) AS phase,
        any(e.event_type) AS event_type,
        any(e.event_date) AS event_date,
        any(e.negated) AS negated,
        uniqExact(e.event_id) AS mentions,
        uniqExact(e.article_id) AS articles,
        uniqExact(e.source) AS sources,
        arraySort(groupUniqArray(e.source)) AS source_names,
        min(e.published_at) AS first_seen,
        max(e.published_at) AS last_seen,
        argMin(
            (e.actors, e.actor_countries, e.targets, e.target_countries, e.source, e.article_id, e.sentence_text),
            (e.published_at, e.article_id, e.sentence, e.event_id)
        ) AS earliest
    FROM current_events AS e
    GROUP BY e.story_id
);

-- What happened each day; what did not happen (negated) is left out.
CREATE OR REPLACE VIEW daily_events $on_cluster AS
SELECT
    event_date,
    kind,
    phase,
    event_type,
    uniqExact(event_id) AS events,
    uniqExact(story_id) AS stories,
    uniqExact(article_id) AS articles,
    uniqExact(source) AS sources
FROM current_events
WHERE NOT negated
GROUP BY event_date, kind, phase, event_type;

-- Who does what to whom; what did not happen (negated) is left out.
CREATE OR REPLACE VIEW actor_pairs $on_cluster AS
SELECT
    acting.1 AS actor,
    acting.2 AS actor_country,
    other.1 AS target,
    other.2 AS target_country,
    kind,
    phase,
    event_type,
    uniqExact(event_id) AS events,
    uniqExact(story_id) AS stories,
    uniqExact(article_id) AS articles,
    uniqExact(source) AS sources,
    min(event_date) AS first_date,
    max(event_date) AS last_date
FROM
(
    SELECT
        *,
        arrayJoin(arrayZip(actors, actor_countries)) AS acting,
        arrayJoin(arrayZip(targets, target_countries)) AS other
    FROM current_events
    WHERE NOT negated
)
GROUP BY actor, actor_country, target, target_country, kind, phase, event_type;

-- Who is quoted, one row a person or body; quotes without a known speaker are left out.
CREATE OR REPLACE VIEW speakers $on_cluster AS
SELECT
    any(q.speaker_name) AS speaker_name,
    topKIf(1)(q.speaker_country, q.speaker_country != '')[1] AS speaker_country,
    topKIf(1)(q.speaker_role, q.speaker_role != '')[1] AS speaker_role,
    any(q.speaker_entity_id) AS entity_id,
    uniqExact(q.quote_id) AS quotes,
    uniqExactIf(q.quote_id, q.kind = 'direct') AS direct_quotes,
    uniqExact(q.article_id) AS articles,
    uniqExact(q.source) AS sources,
    min(q.published_at) AS first_seen,
    max(q.published_at) AS last_seen
FROM current_quotes AS q
WHERE q.speaker_name != ''
GROUP BY if(q.speaker_entity_id = '', q.speaker_name, q.speaker_entity_id);
