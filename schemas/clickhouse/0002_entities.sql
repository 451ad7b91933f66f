-- The gazetteer, as `khabar migrate` loads it from the package: people, bodies, countries and cities that the
-- pipeline can link to. A new release of the gazetteer replaces all of it.

CREATE TABLE IF NOT EXISTS entities $on_cluster
(
    entity_id String COMMENT 'Wikidata id (Q...) or the gazetteer''s own key',
    type LowCardinality(String) COMMENT 'PER, LOC, ORG or MISC',
    name String COMMENT 'canonical Arabic name',
    name_en String COMMENT 'English name',
    aliases Array(String) COMMENT 'other Arabic names',
    country LowCardinality(String) COMMENT 'ISO 3166 alpha-3, IGO, NGO, or empty',
    roles Array(LowCardinality(String)) COMMENT 'role codes, one a term',
    role_countries Array(LowCardinality(String)) COMMENT 'country or body that each role serves',
    role_froms Array(String) COMMENT 'YYYY-MM-DD when each role began, or empty',
    role_tos Array(String) COMMENT 'YYYY-MM-DD when each role ended, or empty',
    gazetteer LowCardinality(String) COMMENT 'hash of the gazetteer that the row comes from'
)
ENGINE = $replacing_merge_tree
PARTITION BY tuple()
ORDER BY entity_id
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Gazetteer: one row an entity';
