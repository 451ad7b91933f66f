-- The gazetteer, as `khabar migrate` loads it from the package: people, bodies, countries and cities that the
-- pipeline can link to. A new release of the gazetteer replaces all of it.

CREATE TABLE IF NOT EXISTS entities $on_cluster
(
    entity_id String COMMENT 'Wikidata id (Q...), or the gazetteer''s own key; as in the other tables',
    type LowCardinality(String) COMMENT 'PER, LOC, ORG or MISC',
    kind LowCardinality(String) COMMENT 'finer than type: country, city, igo, party, ...; may be empty',
    name String COMMENT 'canonical Arabic name',
    name_en String COMMENT 'English name',
    variants Array(String) COMMENT 'other Arabic names',
    country LowCardinality(String) COMMENT 'ISO 3166 alpha-3, IGO, NGO, or empty',
    roles Array(LowCardinality(String)) COMMENT 'role codes, one an office held',
    role_places Array(LowCardinality(String)) COMMENT 'state or organisation of each office',
    role_froms Array(String) COMMENT 'YYYY-MM-DD when each office began, or empty',
    role_tos Array(String) COMMENT 'YYYY-MM-DD when each office ended, or empty',
    gazetteer LowCardinality(String) COMMENT 'hash of the gazetteer that the row comes from'
)
ENGINE = $replacing_merge_tree
ORDER BY entity_id
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Gazetteer: one row an entity';
