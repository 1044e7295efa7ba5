import { META_TABLE } from '../kit.ts';

/**
 * Turns typed text into an FTS5 expression: every word must match as a prefix, in any column. Null
 * if there is no word. Quoting makes FTS5 operators and punctuation plain text.
 */
export function matchExpression(text: string): string | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return words.length === 0
    ? null
    : words
        .slice(0, 20)
        .map((word) => `"${word}"*`)
        .join(' ');
}

/** Adds the shots to the restrictions of one of the documents, from the shotlist of the detail. */
const withShots = (part: string): string => `
  UPDATE asset_document AS d SET ${part} = json_set(d.${part}, '$.restrictions', (
    SELECT json_group_array(json(iif(json_array_length(named.shots) = 0, named.rule, json_set(named.rule, '$.shots', json(named.shots)))))
    FROM (
      SELECT r.value AS rule, (
        SELECT json_group_array(s.value -> '$.n') FROM json_each(d.detail, '$.shotlist') s
        WHERE EXISTS (SELECT 1 FROM json_each(s.value, '$.restrictionIds') i WHERE i.value = r.value ->> '$.id')
      ) AS shots
      FROM json_each(d.${part}, '$.restrictions') r
    ) AS named
  )) WHERE asset IN (SELECT asset FROM shown);`;

/** Rows of our own service in the table `asked` are fetched with its next sync. */
const ASKED_AGAIN = `UPDATE asset SET rev = 0, crc = checksum(rowid, id, source, 0, NULL, duration_ms, withdrawn) WHERE rowid IN (SELECT asset FROM asked);
  UPDATE source SET mark = NULL, crc = checksum(rowid, NULL, language, generation, listing, articles_mark)
    WHERE rowid IN (SELECT source FROM asked) AND crc IS checksum(rowid, mark, language, generation, listing, articles_mark);`;

const CRC_OF_ARTICLE =
  'checksum(id, source, rev, stamp, summary, section, language, published_at, withdrawn)';
/** The summary of an article that is withdrawn: see `stubOf` of the store. */
const STUB = `json_set(summary, '$.summary', '', '$.dateline', '', '$.topics', json('[]'), '$.countries', json('[]'), '$.thumbnail', NULL, '$.leadMediaId', NULL)`;
const CRC_OF_DETAIL = 'checksum(id, detail, detail_rev, former)';

export const MIGRATIONS = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE asset (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, summary TEXT NOT NULL, detail TEXT,
    published_at INTEGER NOT NULL, duration_ms INTEGER NOT NULL, withdrawn INTEGER NOT NULL, generation INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX asset_newest ON asset (published_at DESC);
  CREATE TABLE asset_facet (
    facet TEXT NOT NULL, value TEXT NOT NULL, asset INTEGER NOT NULL REFERENCES asset (rowid) ON DELETE CASCADE, PRIMARY KEY (facet, value, asset)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX asset_facet_of ON asset_facet (asset);
  CREATE VIRTUAL TABLE asset_text USING fts5 (headline, slug, place, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3');
  CREATE TABLE article (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, summary TEXT NOT NULL, detail TEXT, detail_rev INTEGER,
    section TEXT NOT NULL, language TEXT NOT NULL, published_at INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
    stored INTEGER NOT NULL DEFAULT 0, wanted INTEGER NOT NULL DEFAULT 1, read INTEGER NOT NULL DEFAULT 0, position REAL NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX article_newest ON article (published_at DESC);
  CREATE TABLE article_picture (
    media_id TEXT NOT NULL, article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, sha256 TEXT NOT NULL, media_type TEXT NOT NULL,
    url TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (media_id, article)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE picture (sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE related (asset TEXT NOT NULL, article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE, PRIMARY KEY (asset, article)) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE article_text USING fts5 (headline, summary, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3');
  `,
  // Rowids of assets encode their time (see `firstRowid`), so that the newest hits come first
  // without sorting. Text that is only searched is stored in the index alone. A page of changes is
  // one segment of the index, and segments are merged less often.
  `
  CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL) STRICT;
  INSERT INTO moved
    SELECT old, n + max(first - n) OVER (ORDER BY n)
    FROM (SELECT rowid AS old, min(max(published_at, 0), 8790000000000) * 1024 AS first, row_number() OVER (ORDER BY published_at, rowid) AS n FROM asset);
  CREATE TABLE new_asset (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, duration_ms INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
    generation INTEGER NOT NULL
  ) STRICT;
  INSERT INTO new_asset SELECT new, id, rev, duration_ms, withdrawn, generation FROM moved JOIN asset ON rowid = old ORDER BY new;
  CREATE TABLE asset_document (asset INTEGER PRIMARY KEY REFERENCES asset (rowid) ON DELETE CASCADE, summary TEXT NOT NULL, detail TEXT) STRICT;
  INSERT INTO asset_document SELECT new, json_remove(summary, '$.searchText'), detail FROM moved JOIN asset ON rowid = old ORDER BY new;
  CREATE TABLE new_asset_facet (
    facet TEXT NOT NULL, value TEXT NOT NULL, asset INTEGER NOT NULL REFERENCES asset (rowid) ON DELETE CASCADE, PRIMARY KEY (facet, value, asset)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO new_asset_facet SELECT facet, value, new FROM asset_facet JOIN moved ON old = asset;
  DROP TABLE asset_text;
  CREATE VIRTUAL TABLE asset_text USING fts5 (headline, slug, place, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2');
  INSERT INTO asset_text (asset_text, rank) VALUES ('hashsize', 16777216), ('automerge', 16);
  INSERT INTO asset_text (rowid, headline, slug, place, body)
    SELECT new, summary ->> 'headline', summary ->> 'slug',
      concat_ws(' ', summary ->> 'location', (SELECT group_concat(value, ' ') FROM json_each(summary, '$.countries'))),
      concat_ws(' ', summary ->> 'descriptionShort', (SELECT group_concat(value, ' ') FROM json_each(summary, '$.people')),
        (SELECT group_concat(value, ' ') FROM json_each(summary, '$.topics')), summary ->> 'searchText')
    FROM moved JOIN asset ON rowid = old ORDER BY new;
  DROP TABLE moved;
  DROP TABLE asset_facet;
  DROP TABLE asset;
  ALTER TABLE new_asset RENAME TO asset;
  ALTER TABLE new_asset_facet RENAME TO asset_facet;
  CREATE INDEX asset_longest ON asset (duration_ms DESC, rowid DESC);
  CREATE INDEX asset_facet_of ON asset_facet (asset);
  `,
  // Checksums: of the service's data, of what is stored for offline use, and of the user's marks.
  `
  ALTER TABLE meta RENAME TO old_meta;
  ${META_TABLE}
  INSERT INTO meta SELECT key, value, checksum(key, value) FROM old_meta WHERE key <> 'library.open';
  DROP TABLE old_meta;
  ALTER TABLE asset ADD COLUMN crc INTEGER;
  UPDATE asset SET crc = checksum(rowid, id, rev, duration_ms, withdrawn);
  ALTER TABLE asset_document ADD COLUMN crc INTEGER;
  ALTER TABLE asset_document ADD COLUMN detail_crc INTEGER;
  UPDATE asset_document SET crc = checksum(asset, summary), detail_crc = checksum(asset, detail);
  ALTER TABLE article ADD COLUMN crc INTEGER;
  ALTER TABLE article ADD COLUMN detail_crc INTEGER;
  ALTER TABLE article ADD COLUMN marks_crc INTEGER;
  UPDATE article SET crc = checksum(id, rev, summary, section, language, published_at, withdrawn), detail_crc = checksum(id, detail, detail_rev),
    marks_crc = checksum(id, stored, wanted, read, position);
  `,
  // Earlier summaries did not distinguish withdrawn from on hold: those rows are fetched again, in
  // a snapshot whose other rows are ignored.
  `
  DELETE FROM meta WHERE key = 'catalogue.cursor' AND EXISTS (SELECT 1 FROM asset WHERE withdrawn = 1);
  UPDATE asset SET rev = 0, crc = checksum(rowid, id, 0, duration_ms, withdrawn) WHERE withdrawn = 1 AND crc IS checksum(rowid, id, rev, duration_ms, withdrawn);
  `,
  // Several sources in one library: an id is unique within its source. What was here before is of
  // one service, which is named when the library is opened for it.
  `
  CREATE TABLE source (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, id_crc INTEGER, mark TEXT, language TEXT, generation INTEGER NOT NULL DEFAULT 0,
    listing INTEGER NOT NULL DEFAULT 0, articles_mark TEXT, crc INTEGER
  ) STRICT;
  INSERT INTO source (rowid, id, mark, language, generation, listing, articles_mark)
    SELECT 1, '', max(iif(key = 'catalogue.cursor', value, NULL)), max(iif(key = 'catalogue.language', value, NULL)),
      max(coalesce(max(iif(key = 'catalogue.generation', CAST(value AS INTEGER), NULL)), 0), coalesce((SELECT max(generation) FROM asset), 0)),
      coalesce(max(key = 'catalogue.snapshot' AND value = 'begun'), 0), max(iif(key = 'articles.cursor', value, NULL))
    FROM meta WHERE crc IS checksum(key, value)
    HAVING EXISTS (SELECT 1 FROM asset) OR EXISTS (SELECT 1 FROM article) OR max(key = 'catalogue.cursor');
  UPDATE source SET id_crc = checksum(rowid, id), crc = checksum(rowid, mark, language, generation, listing, articles_mark);
  DELETE FROM meta WHERE key LIKE 'catalogue.%' OR key LIKE 'articles.%';
  CREATE TABLE new_asset (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL, source INTEGER NOT NULL REFERENCES source (rowid), rev INTEGER NOT NULL, stamp TEXT,
    duration_ms INTEGER, withdrawn INTEGER NOT NULL, generation INTEGER NOT NULL, crc INTEGER, UNIQUE (id, source)
  ) STRICT;
  INSERT INTO new_asset
    SELECT rowid, id, 1, rev, NULL, duration_ms, withdrawn, generation,
      iif(crc IS checksum(rowid, id, rev, duration_ms, withdrawn), checksum(rowid, id, 1, rev, NULL, duration_ms, withdrawn), NULL)
    FROM asset ORDER BY rowid;
  DROP TABLE asset;
  ALTER TABLE new_asset RENAME TO asset;
  CREATE INDEX asset_longest ON asset (duration_ms DESC, rowid DESC);
  CREATE INDEX asset_of_source ON asset (source, generation);
  INSERT INTO asset_facet SELECT 'source', source, rowid FROM asset;
  CREATE TABLE new_article (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL, source INTEGER NOT NULL REFERENCES source (rowid), rev INTEGER NOT NULL, summary TEXT NOT NULL,
    detail TEXT, detail_rev INTEGER, section TEXT NOT NULL, language TEXT NOT NULL, published_at INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
    stored INTEGER NOT NULL DEFAULT 0, wanted INTEGER NOT NULL DEFAULT 1, read INTEGER NOT NULL DEFAULT 0, position REAL NOT NULL DEFAULT 0,
    crc INTEGER, detail_crc INTEGER, marks_crc INTEGER, UNIQUE (id, source)
  ) STRICT;
  INSERT INTO new_article
    SELECT rowid, id, 1, rev, summary, detail, detail_rev, section, language, published_at, withdrawn, stored, wanted, read, position,
      iif(crc IS checksum(id, rev, summary, section, language, published_at, withdrawn),
        checksum(id, 1, rev, summary, section, language, published_at, withdrawn), NULL), detail_crc, marks_crc
    FROM article ORDER BY rowid;
  CREATE TABLE new_article_picture (
    media_id TEXT NOT NULL, article INTEGER NOT NULL REFERENCES article (rowid) ON DELETE CASCADE, sha256 TEXT NOT NULL, media_type TEXT NOT NULL,
    url TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (media_id, article)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO new_article_picture
    SELECT media_id, a.rowid, sha256, media_type, url, bytes FROM article_picture p JOIN new_article a ON a.id = p.article;
  CREATE TABLE new_related (
    asset TEXT NOT NULL, article INTEGER NOT NULL REFERENCES article (rowid) ON DELETE CASCADE, PRIMARY KEY (asset, article)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO new_related SELECT asset, a.rowid FROM related r JOIN new_article a ON a.id = r.article;
  DROP TABLE related;
  DROP TABLE article_picture;
  DROP TABLE article;
  ALTER TABLE new_article RENAME TO article;
  ALTER TABLE new_article_picture RENAME TO article_picture;
  ALTER TABLE new_related RENAME TO related;
  CREATE INDEX article_newest ON article (published_at DESC);
  CREATE INDEX article_picture_of ON article_picture (article);
  `,
  // A restriction says which shots it is confined to: of what is stored whole the shotlist knows it.
  // The other rows with restrictions of our own service are fetched again.
  `
  CREATE TEMP TABLE shown AS SELECT asset FROM asset_document
    WHERE detail IS NOT NULL AND crc IS checksum(asset, summary) AND detail_crc IS checksum(asset, detail)
      AND json_array_length(detail, '$.restrictions') > 0;
  ${['summary', 'detail'].map(withShots).join('')}
  UPDATE asset_document SET crc = checksum(asset, summary), detail_crc = checksum(asset, detail) WHERE asset IN (SELECT asset FROM shown);
  CREATE TEMP TABLE asked AS SELECT a.rowid AS asset, a.source FROM asset a JOIN asset_document d ON d.asset = a.rowid
    WHERE a.stamp IS NULL AND a.rowid NOT IN (SELECT asset FROM shown) AND json_array_length(d.summary, '$.restrictions') > 0
      AND a.crc IS checksum(a.rowid, a.id, a.source, a.rev, a.stamp, a.duration_ms, a.withdrawn);
  ${ASKED_AGAIN}
  DROP TABLE shown;
  DROP TABLE asked;
  -- Rows without their newest content. A version is known by its schema, so that changes with it.
  CREATE INDEX asset_again ON asset (source) WHERE rev = 0;
  `,
  // The query language: who speaks has an index of its own, and columns have keys to sort by. What a
  // list of our own service didn't say before is fetched again; of other rows it follows from what is
  // stored of them.
  `
  CREATE VIRTUAL TABLE asset_person USING fts5 (name, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2');
  CREATE TABLE asset_order (
    asset INTEGER PRIMARY KEY REFERENCES asset (rowid) ON DELETE CASCADE, title TEXT NOT NULL, place TEXT NOT NULL, languages TEXT NOT NULL,
    format INTEGER NOT NULL, bytes INTEGER, arrived INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX asset_arrived ON asset_order (arrived);
  CREATE TEMP TABLE sound AS
    SELECT asset, summary, iif(detail_crc IS checksum(asset, detail), detail, NULL) AS detail FROM asset_document WHERE crc IS checksum(asset, summary);
  INSERT INTO asset_order
    SELECT asset, fold(summary ->> 'headline'), fold(summary ->> 'location'),
      coalesce((SELECT group_concat(value, ' ') FROM json_each(summary, '$.languages')), ''),
      coalesce((SELECT max(CASE value WHEN 'uhd' THEN 3 WHEN 'hd' THEN 2 WHEN 'sd' THEN 1 ELSE 0 END) FROM json_each(summary, '$.formats')), 0),
      (SELECT max(CAST(value ->> 'bytes' AS INTEGER)) FROM json_each(summary, '$.packageSizes')), 0
    FROM sound;
  INSERT INTO asset_person (rowid, name)
    SELECT asset, names FROM (
      SELECT asset, (
        SELECT group_concat(name, char(10)) FROM (
          SELECT value AS name FROM json_each(summary, '$.people') UNION SELECT value ->> 'speaker' FROM json_each(detail, '$.soundbites')
        )
      ) AS names FROM sound
    ) WHERE names IS NOT NULL ORDER BY asset;
  UPDATE asset_facet SET facet = 'rate' WHERE facet = 'frameRate';
  UPDATE asset_facet SET facet = 'rights' WHERE facet = 'restriction';
  INSERT OR IGNORE INTO asset_facet SELECT 'type', 'b-roll', asset FROM sound WHERE fold(summary ->> 'headline') LIKE '%b-roll%' OR fold(summary ->> 'headline') LIKE '%broll%';
  INSERT OR IGNORE INTO asset_facet SELECT 'has', 'captions', asset FROM sound WHERE summary ->> '$.hasCaptions';
  INSERT OR IGNORE INTO asset_facet SELECT 'has', 'soundbite', asset FROM sound WHERE json_array_length(detail, '$.soundbites') > 0;
  INSERT OR IGNORE INTO asset_facet SELECT 'has', 'shotlist', asset FROM sound WHERE json_array_length(detail, '$.shotlist') > 0;
  INSERT OR IGNORE INTO asset_facet SELECT 'has', 'stills', asset FROM sound WHERE json_array_length(detail, '$.stills') > 0;
  INSERT OR IGNORE INTO asset_facet SELECT 'has', 'script', asset FROM sound WHERE detail ->> '$.script' IS NOT NULL;
  INSERT OR IGNORE INTO asset_facet SELECT 'has', 'preview', asset FROM sound WHERE detail ->> '$.preview' IS NOT NULL;
  INSERT OR IGNORE INTO asset_facet
    SELECT 'format', printf('%d%s%g', lines, iif(scan = 'progressive', 'p', 'i'), round(rate * iif(scan = 'progressive', 1, 2), 2)), asset FROM (
      SELECT asset, value ->> 'height' AS lines, value ->> 'scan' AS scan,
        CAST(value ->> 'frameRate' AS REAL) / CAST(substr(value ->> 'frameRate', instr(value ->> 'frameRate', '/') + 1) AS REAL) AS rate
      FROM sound, json_each(detail, '$.renditions')
    ) WHERE lines > 0 AND scan IS NOT NULL AND rate > 0;
  DROP TABLE sound;
  UPDATE asset SET rev = 0, crc = checksum(rowid, id, source, 0, NULL, duration_ms, withdrawn)
    WHERE stamp IS NULL AND crc IS checksum(rowid, id, source, rev, stamp, duration_ms, withdrawn);
  UPDATE source SET mark = NULL, crc = checksum(rowid, NULL, language, generation, listing, articles_mark)
    WHERE rowid IN (SELECT source FROM asset WHERE stamp IS NULL) AND crc IS checksum(rowid, mark, language, generation, listing, articles_mark);
  `,
  // Values of facets, once for all assets that have the same of them (see `FacetSets`).
  // Rows say what is known of the film of each package, by which house formats choose. Of what is
  // stored whole its renditions say it; the other rows of our own service are fetched again.
  `
  CREATE TABLE facet_set (id INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE facet_set_value (
    facet TEXT NOT NULL, value TEXT NOT NULL, facets INTEGER NOT NULL REFERENCES facet_set (id) ON DELETE CASCADE,
    PRIMARY KEY (facet, value, facets)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX facet_set_value_of ON facet_set_value (facets);
  CREATE TABLE asset_facet_set (
    asset INTEGER PRIMARY KEY REFERENCES asset (rowid) ON DELETE CASCADE, facets INTEGER NOT NULL REFERENCES facet_set (id)
  ) STRICT;
  CREATE INDEX asset_facet_set_of ON asset_facet_set (facets);
  CREATE TEMP TABLE counted AS
    SELECT asset, json_group_array(json_array(facet, value)) AS content FROM (
      SELECT asset, facet, value FROM asset_facet WHERE facet NOT IN ('topic', 'source') ORDER BY asset, facet, value
    ) GROUP BY asset;
  INSERT INTO facet_set (content) SELECT DISTINCT content FROM counted;
  INSERT INTO asset_facet_set SELECT asset, id FROM counted JOIN facet_set USING (content);
  INSERT INTO facet_set_value SELECT pair.value ->> 0, pair.value ->> 1, facet_set.id FROM facet_set, json_each(content) AS pair;
  DELETE FROM asset_facet WHERE facet NOT IN ('topic', 'source');
  DROP TABLE counted;
  CREATE TEMP TABLE stated AS SELECT asset FROM asset_document
    WHERE detail IS NOT NULL AND crc IS checksum(asset, summary) AND detail_crc IS checksum(asset, detail)
      AND json_array_length(summary, '$.packageSizes') > 0;
  UPDATE asset_document AS d SET summary = json_set(d.summary, '$.packageSizes', (
    SELECT json_group_array(json(iif(facts IS NULL, size, json_set(size, '$.rendition', json(facts))))) FROM (
      SELECT s.value AS size, (
        SELECT json_object('container', nullif(r.value ->> 'container', 'bin'), 'videoCodec', r.value ->> 'videoCodec',
          'width', r.value ->> 'width', 'height', r.value ->> 'height', 'frameRate', r.value ->> 'frameRate', 'scan', r.value ->> 'scan')
        FROM json_each(d.detail, '$.packages') p JOIN json_each(d.detail, '$.renditions') r ON r.value ->> 'id' = p.value ->> 'renditionId'
        WHERE p.value ->> 'id' = s.value ->> 'packageId'
      ) AS facts
      FROM json_each(d.summary, '$.packageSizes') s
    )
  )) WHERE asset IN (SELECT asset FROM stated);
  UPDATE asset_document SET crc = checksum(asset, summary) WHERE asset IN (SELECT asset FROM stated);
  CREATE TEMP TABLE asked AS SELECT a.rowid AS asset, a.source FROM asset a JOIN asset_document d ON d.asset = a.rowid
    WHERE a.stamp IS NULL AND a.rowid NOT IN (SELECT asset FROM stated) AND json_array_length(d.summary, '$.packageSizes') > 0
      AND a.crc IS checksum(a.rowid, a.id, a.source, a.rev, a.stamp, a.duration_ms, a.withdrawn);
  ${ASKED_AGAIN}
  DROP TABLE stated;
  DROP TABLE asked;
  -- What is stated of the film of each package.
  CREATE VIEW film AS SELECT d.asset, s.value -> '$.rendition' AS facts FROM asset_document d, json_each(d.summary, '$.packageSizes') s;
  `,
  // Articles of any source: versions that are known by a stamp, pictures whose hash is known once they
  // are here, what a text was before it was corrected, stars and tags. Bylines and places are searched.
  `
  ALTER TABLE article ADD COLUMN stamp TEXT;
  ALTER TABLE article ADD COLUMN former TEXT;
  ALTER TABLE article ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE article ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
  UPDATE article SET
    crc = iif(crc IS checksum(id, source, rev, summary, section, language, published_at, withdrawn),
      checksum(id, source, rev, NULL, summary, section, language, published_at, withdrawn), NULL),
    detail_crc = iif(detail_crc IS checksum(id, detail, detail_rev), checksum(id, detail, detail_rev, NULL), NULL),
    marks_crc = iif(marks_crc IS checksum(id, stored, wanted, read, position), checksum(id, stored, wanted, read, position, 0, '[]'), NULL);
  CREATE TABLE article_topic (
    topic TEXT NOT NULL, article INTEGER NOT NULL REFERENCES article (rowid) ON DELETE CASCADE, PRIMARY KEY (topic, article)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX article_topic_of ON article_topic (article);
  CREATE INDEX article_of_source ON article (source, read);
  CREATE TABLE new_article_picture (
    media_id TEXT NOT NULL, article INTEGER NOT NULL REFERENCES article (rowid) ON DELETE CASCADE, sha256 TEXT, media_type TEXT NOT NULL,
    url TEXT NOT NULL, bytes INTEGER, PRIMARY KEY (media_id, article)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO new_article_picture SELECT media_id, article, sha256, media_type, url, bytes FROM article_picture;
  DROP TABLE article_picture;
  ALTER TABLE new_article_picture RENAME TO article_picture;
  CREATE INDEX article_picture_of ON article_picture (article);
  CREATE INDEX article_picture_by_content ON article_picture (sha256);
  DROP TABLE article_text;
  CREATE VIRTUAL TABLE article_text USING fts5 (headline, summary, byline, place, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3');
  CREATE TEMP TABLE sound AS SELECT rowid AS article, summary, iif(detail_crc IS ${CRC_OF_DETAIL}, detail, NULL) AS detail
    FROM article WHERE crc IS ${CRC_OF_ARTICLE} AND withdrawn = 0;
  INSERT INTO article_text (rowid, headline) SELECT rowid, summary ->> '$.headline' FROM article WHERE withdrawn = 1 ORDER BY rowid;
  INSERT INTO article_topic SELECT DISTINCT topic.value, article FROM sound, json_each(summary, '$.topics') AS topic;
  INSERT INTO article_text (rowid, headline, summary, byline, place, body)
    SELECT article, summary ->> '$.headline', summary ->> '$.summary',
      coalesce((SELECT group_concat(value, ', ') FROM json_each(detail, '$.byline')), ''), summary ->> '$.dateline', coalesce(detail ->> '$.bodyText', '')
    FROM sound ORDER BY article;
  DROP TABLE sound;
  `,
  // What a list of articles is found by, apart from the texts: rows are long, and lists read all of them.
  `
  DROP INDEX article_newest;
  CREATE INDEX article_listed ON article (published_at DESC, source, section, language, read, starred, stored, withdrawn);
  `,
  // Of what is withdrawn nothing stays but what names it.
  `
  UPDATE article SET summary = ${STUB}, crc = ${CRC_OF_ARTICLE.replace(' summary,', ` ${STUB},`)}
    WHERE withdrawn = 1 AND crc IS ${CRC_OF_ARTICLE};
  -- A version is known by its schema, so that changes with it.
  CREATE INDEX article_withdrawn ON article (source) WHERE withdrawn = 1;
  `,
];

/** Each part of a row has its own checksum, so that damage to one does not affect the others. */
export const CRC = {
  sourceId: 'checksum(rowid, id)',
  source: 'checksum(rowid, mark, language, generation, listing, articles_mark)',
  asset: 'checksum(rowid, id, source, rev, stamp, duration_ms, withdrawn)',
  summary: 'checksum(asset, summary)',
  detail: 'checksum(asset, detail)',
  article: CRC_OF_ARTICLE,
  articleDetail: CRC_OF_DETAIL,
  marks: 'checksum(id, stored, wanted, read, position, starred, tags)',
};
export const ROW_CHECKS = {
  meta: 'crc IS NOT checksum(key, value)',
  source: `id_crc IS NOT ${CRC.sourceId} OR crc IS NOT ${CRC.source}`,
  asset: `crc IS NOT ${CRC.asset}`,
  asset_document: `crc IS NOT ${CRC.summary} OR detail_crc IS NOT ${CRC.detail}`,
  article: `crc IS NOT ${CRC.article} OR detail_crc IS NOT ${CRC.articleDetail} OR marks_crc IS NOT ${CRC.marks}`,
};
