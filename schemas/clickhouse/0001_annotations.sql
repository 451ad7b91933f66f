-- The rows of the sink: one table for each layer of an annotated article.
--
-- Every row names its article, the revision, and the analysis (24 hex digits: a hash of the versions of all stages
-- and of the text), and is keyed by them and by its own deterministic id, so that a repeated insert replaces itself.
-- The row of `articles` is written last and makes the others visible: the views of 0003 read, for each article, the
-- rows of its newest revision's newest analysis only. What is older stays here as history.
--
-- Offsets are code points into title + "\n\n" + body. Unknown is '' (text), [] (lists) or 0 (offsets), never NULL.
-- A partition is a function of the key, so that rows that replace one another always meet.

CREATE TABLE IF NOT EXISTS articles $on_cluster
(
    article_id String COMMENT 'id from the producer, or a hash of source, url, title and body',
    revision UInt64 COMMENT 'the highest revision of an article counts',
    analysis LowCardinality(String) COMMENT 'which versions of the stages made these rows; 24 hex digits',
    analysed_at DateTime64(3, 'UTC') COMMENT 'when; the newest analysis of a revision counts',
    source LowCardinality(String) COMMENT 'who published the article',
    published_at DateTime('UTC') COMMENT 'when it was published',
    published_at_defaulted Bool COMMENT 'true: the producer gave no date, this is when Kafka got the article',
    received_at DateTime64(3, 'UTC') COMMENT 'when Kafka got the article',
    url String COMMENT 'where it was published',
    language LowCardinality(String) COMMENT 'BCP 47',
    title String COMMENT 'headline' CODEC(ZSTD(3)),
    body String COMMENT 'text as published' CODEC(ZSTD(3)),
    sentence_count UInt32 COMMENT 'rows of this analysis in sentences',
    mention_count UInt32 COMMENT 'rows of this analysis in entity_mentions',
    quote_count UInt32 COMMENT 'rows of this analysis in quotes',
    event_count UInt32 COMMENT 'rows of this analysis in events',
    versions Map(LowCardinality(String), String) COMMENT 'stage to the version of its code and model'
)
ENGINE = $replacing_merge_tree(analysed_at)
PARTITION BY cityHash64(article_id) % 4
ORDER BY (article_id, revision, analysis)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One row an article, revision and analysis; written last';

CREATE TABLE IF NOT EXISTS sentences $on_cluster
(
    article_id String,
    revision UInt64,
    analysis LowCardinality(String),
    analysed_at DateTime64(3, 'UTC'),
    source LowCardinality(String) COMMENT 'who published the article',
    published_at DateTime('UTC'),
    sentence UInt32 COMMENT 'number of the sentence in its article, from 0; the headline is 0',
    start_offset UInt32,
    end_offset UInt32,
    text String CODEC(ZSTD(3)),
    words Array(String) COMMENT 'words; clitics are words of their own' CODEC(ZSTD(3)),
    upos Array(LowCardinality(String)) COMMENT 'Universal POS tag of each word' CODEC(ZSTD(3))
)
ENGINE = $replacing_merge_tree(analysed_at)
PARTITION BY cityHash64(article_id) % 4
ORDER BY (article_id, revision, analysis, sentence)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One row a sentence';

CREATE TABLE IF NOT EXISTS entity_mentions $on_cluster
(
    article_id String,
    revision UInt64,
    analysis LowCardinality(String),
    analysed_at DateTime64(3, 'UTC'),
    source LowCardinality(String) COMMENT 'who published the article',
    published_at DateTime('UTC'),
    mention_id String COMMENT 'deterministic id, 24 hex digits',
    sentence UInt32 COMMENT 'number of its sentence',
    start_offset UInt32,
    end_offset UInt32,
    text String COMMENT 'as it stands in the article, without attached clitics' CODEC(ZSTD(3)),
    type LowCardinality(String) COMMENT 'PER, LOC, ORG or MISC',
    name String COMMENT 'canonical Arabic name, the same all over the article' CODEC(ZSTD(3)),
    name_en String COMMENT 'English name where the gazetteer has one' CODEC(ZSTD(3)),
    country LowCardinality(String) COMMENT 'ISO 3166 alpha-3, IGO, NGO, or empty',
    entity_id String COMMENT 'key into entities, or empty',
    role LowCardinality(String) COMMENT 'role code, or empty',
    role_from LowCardinality(String) COMMENT 'YYYY-MM-DD since when the role was held, or empty',
    role_to LowCardinality(String) COMMENT 'YYYY-MM-DD until when, or empty',
    confidence Float32 COMMENT '0 to 1'
)
ENGINE = $replacing_merge_tree(analysed_at)
PARTITION BY cityHash64(article_id) % 4
ORDER BY (article_id, revision, analysis, mention_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One row a mention of a named entity';

CREATE TABLE IF NOT EXISTS quotes $on_cluster
(
    article_id String,
    revision UInt64,
    analysis LowCardinality(String),
    analysed_at DateTime64(3, 'UTC'),
    source LowCardinality(String) COMMENT 'who published the article',
    published_at DateTime('UTC'),
    quote_id String COMMENT 'deterministic id, 24 hex digits',
    sentence UInt32 COMMENT 'number of the sentence in which the content starts',
    sentence_text String COMMENT 'that sentence' CODEC(ZSTD(3)),
    kind LowCardinality(String) COMMENT 'direct, indirect or mixed',
    content String COMMENT 'what was said, without quotation marks' CODEC(ZSTD(3)),
    content_start UInt32,
    content_end UInt32,
    cue String COMMENT 'reporting verb or noun, or empty',
    cue_start UInt32,
    cue_end UInt32,
    speaker String COMMENT 'noun phrase that names the speaker, or empty' CODEC(ZSTD(3)),
    speaker_start UInt32,
    speaker_end UInt32,
    speaker_name String COMMENT 'who that is, or empty' CODEC(ZSTD(3)),
    speaker_country LowCardinality(String) COMMENT 'ISO 3166 alpha-3, IGO, NGO, or empty',
    speaker_entity_id String COMMENT 'key into entities, or empty',
    speaker_role LowCardinality(String) COMMENT 'role code, or empty',
    resolution LowCardinality(String) COMMENT 'named, title, pronoun, implied, carried or none',
    confidence Float32 COMMENT '0 to 1'
)
ENGINE = $replacing_merge_tree(analysed_at)
PARTITION BY cityHash64(article_id) % 4
ORDER BY (article_id, revision, analysis, quote_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One row a quote';

CREATE TABLE IF NOT EXISTS events $on_cluster
(
    article_id String,
    revision UInt64,
    analysis LowCardinality(String),
    analysed_at DateTime64(3, 'UTC'),
    source LowCardinality(String) COMMENT 'who published the article',
    published_at DateTime('UTC'),
    event_id String COMMENT 'deterministic id, 24 hex digits',
    sentence UInt32 COMMENT 'number of the sentence of the trigger',
    sentence_text String COMMENT 'that sentence' CODEC(ZSTD(3)),
    kind LowCardinality(String) COMMENT 'meeting, call, visit, ...',
    phase LowCardinality(String) COMMENT 'proposed, arranged, realised, supported, rejected or ended',
    event_type LowCardinality(String) COMMENT 'natural name of kind and phase: meeting_arranged',
    trigger String COMMENT 'word or phrase that carries the kind',
    trigger_start UInt32,
    trigger_end UInt32,
    -- Who acts: arrays side by side, one element an actor.
    actors Array(String) COMMENT 'names of who acts' CODEC(ZSTD(3)),
    actor_countries Array(LowCardinality(String)),
    actor_ids Array(String) COMMENT 'keys into entities, or empty' CODEC(ZSTD(3)),
    actor_roles Array(LowCardinality(String)),
    actor_texts Array(String) COMMENT 'noun phrases as they stand in the article' CODEC(ZSTD(3)),
    actor_starts Array(UInt32),
    actor_ends Array(UInt32),
    -- The other side: who is met, called, attacked, given.
    targets Array(String) COMMENT 'names of the other side' CODEC(ZSTD(3)),
    target_countries Array(LowCardinality(String)),
    target_ids Array(String) COMMENT 'keys into entities, or empty' CODEC(ZSTD(3)),
    target_roles Array(LowCardinality(String)),
    target_texts Array(String) COMMENT 'noun phrases as they stand in the article' CODEC(ZSTD(3)),
    target_starts Array(UInt32),
    target_ends Array(UInt32),
    negated Bool COMMENT 'true: it did not or will not happen, without a refusal',
    quote_id String COMMENT 'the quote it was said in, or empty',
    attributed_to String COMMENT 'name of who said it, or empty' CODEC(ZSTD(3)),
    event_date Date32 COMMENT 'when; the day of publication where date_resolution is published or none',
    date_resolution LowCardinality(String) COMMENT 'explicit, weekday, relative, published or none',
    date_text String COMMENT 'words that tell the date, or empty',
    date_start UInt32,
    date_end UInt32,
    place String COMMENT 'words that tell the place, or empty',
    place_start UInt32,
    place_end UInt32,
    place_name String COMMENT 'canonical name, or empty',
    place_country LowCardinality(String) COMMENT 'ISO 3166 alpha-3, or empty',
    plover LowCardinality(String) COMMENT 'PLOVER event type',
    cameo LowCardinality(String) COMMENT 'CAMEO code',
    found_by LowCardinality(String) COMMENT 'rule or model that found it',
    confidence Float32 COMMENT '0 to 1',
    -- What makes two actors the same: who acts for a state is that state, whoever names the minister or the capital;
    -- anybody else is their entity, or the words of the article.
    actor_keys Array(String) ALIAS arraySort(arrayDistinct(arrayMap(
        (id, name, country, role) -> multiIf(
            country NOT IN ('', 'IGO', 'NGO') AND role NOT IN ('armed_group', 'party', 'company', 'media'), country,
            id != '', id,
            name
        ), actor_ids, actors, actor_countries, actor_roles))),
    target_keys Array(String) ALIAS arraySort(arrayDistinct(arrayMap(
        (id, name, country, role) -> multiIf(
            country NOT IN ('', 'IGO', 'NGO') AND role NOT IN ('armed_group', 'party', 'company', 'media'), country,
            id != '', id,
            name
        ), target_ids, targets, target_countries, target_roles))),
    -- Events of the same kind, phase, polarity, date and actors are one story, whoever reports them. In kinds that both
    -- sides do together, who is named first does not matter. Without any actor, an event is a story of its own.
    story_id String MATERIALIZED lower(hex(sipHash64(
        kind,
        phase,
        negated,
        event_date,
        if(kind IN ('meeting', 'call', 'negotiation', 'agreement', 'ceasefire'),
            [arraySort(arrayDistinct(arrayConcat(actor_keys, target_keys)))], [actor_keys, target_keys]),
        if(empty(actors) AND empty(targets), event_id, '')
    ))) COMMENT 'the same for all reports of one happening; never inserted, computed here',
    CONSTRAINT actor_arrays CHECK length(actors) = length(actor_countries) AND length(actors) = length(actor_ids)
        AND length(actors) = length(actor_roles) AND length(actors) = length(actor_texts)
        AND length(actors) = length(actor_starts) AND length(actors) = length(actor_ends),
    CONSTRAINT target_arrays CHECK length(targets) = length(target_countries) AND length(targets) = length(target_ids)
        AND length(targets) = length(target_roles) AND length(targets) = length(target_texts)
        AND length(targets) = length(target_starts) AND length(targets) = length(target_ends)
)
ENGINE = $replacing_merge_tree(analysed_at)
PARTITION BY cityHash64(article_id) % 4
ORDER BY (article_id, revision, analysis, event_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One row a mention of a diplomatic or conflict action';
