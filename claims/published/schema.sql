-- The published database: one release of an archive, as tables (design: publication, §0).
--
-- It is a function of the release alone: the same release gives the same bytes on the
-- same SQLite version. Insert in primary-key order, in one transaction, into a new file.
-- What the public may not have (access `quotes`, `sealed`; naming `withheld`) is not put in:
-- a NULL with `withheld` = 1, or with access 'sealed', stands in its place.
-- Hashes are lower-case hex. JSON columns hold one JSON value, keys sorted, no spaces.
-- Times are RFC 3339 in UTC with Z. Offsets into text count code points.
-- `*_words` columns say a date in plain English ("on 2 February 2026 or later").
-- The tables and columns are described for readers in datasette/metadata.yaml.

PRAGMA foreign_keys = ON;
PRAGMA user_version = 1;

-- The archive, and the release that this database was made from. Always one row.
CREATE TABLE about (
    one              INTEGER PRIMARY KEY CHECK (one = 1),
    archive          TEXT NOT NULL,                 -- archive.toml: id
    title            TEXT NOT NULL,
    operator         TEXT NOT NULL,
    origin           TEXT NOT NULL,                 -- of the log
    notice           TEXT NOT NULL DEFAULT '',      -- a sentence for every page; '' for none
    draft            INTEGER NOT NULL CHECK (draft IN (0, 1)),
    release          INTEGER NOT NULL,              -- its number
    release_statement TEXT NOT NULL,
    release_index    INTEGER NOT NULL,              -- its entry in the log
    release_on       TEXT NOT NULL,                 -- claimed time
    release_changes  TEXT NOT NULL,                 -- what changed, in words
    checkpoint_size  INTEGER NOT NULL,              -- of the checkpoint in the release's receipt
    checkpoint_root  TEXT NOT NULL,                 -- hex
    checkpoint_note  TEXT NOT NULL,                 -- the signed text, without signatures
    policy           TEXT NOT NULL,                 -- trust/<n>/policy in force, whole
    pin              TEXT NOT NULL                  -- sha256 of trust/1, hex
) STRICT;

-- The signers file in force: whose keys count, and for what.
CREATE TABLE signers (
    keyid            TEXT NOT NULL CHECK (length(keyid) = 64),
    position         INTEGER NOT NULL,              -- line of the file, from 0
    name             TEXT NOT NULL,
    roles            TEXT NOT NULL,                 -- comma-separated, as in the file
    spki             TEXT NOT NULL,                 -- base64 DER
    valid_from       TEXT NOT NULL,                 -- log/index
    valid_to         TEXT,                          -- log/index
    PRIMARY KEY (keyid, position)
) STRICT, WITHOUT ROWID;

-- Log entries 0 up to the release's own.
CREATE TABLE log_entries (
    log              INTEGER NOT NULL,              -- logs/<log>
    idx              INTEGER NOT NULL,
    type             TEXT NOT NULL,
    statement        TEXT NOT NULL CHECK (length(statement) = 64),
    keyid            TEXT NOT NULL,
    signature        TEXT NOT NULL,                 -- base64
    entry            TEXT NOT NULL,                 -- the four lines
    leaf_hash        TEXT NOT NULL CHECK (length(leaf_hash) = 64),
    PRIMARY KEY (log, idx),
    UNIQUE (statement)
) STRICT, WITHOUT ROWID;

-- Statements, readable and as signed. A sealed one has its log entry and receipt only.
CREATE TABLE statements (
    id               TEXT PRIMARY KEY CHECK (length(id) = 64),  -- sha256 of the DSSE PAE
    type             TEXT NOT NULL,
    log              INTEGER NOT NULL,
    log_index        INTEGER NOT NULL,
    keyid            TEXT NOT NULL,
    signer           TEXT NOT NULL,                 -- name in signers; '' for a stranger's key
    said_on          TEXT,                          -- predicate `on`: claimed time
    sealed           INTEGER NOT NULL CHECK (sealed IN (0, 1)),
    payload          TEXT,                          -- the signed JSON, character for character
    bundle           TEXT,                          -- the .sigstore.json file, whole
    bundle_path      TEXT,                          -- in the archive, for /archive/<path>
    receipt          TEXT NOT NULL,                 -- a tlog-proof to the checkpoint of `about`,
                                                    -- with the log's signature alone (no cosignatures)
    receipt_path     TEXT NOT NULL,                 -- the stored receipt in the archive
    FOREIGN KEY (log, log_index) REFERENCES log_entries (log, idx),
    CHECK (sealed = (payload IS NULL)),
    CHECK (sealed = (bundle IS NULL)),
    CHECK (sealed = (bundle_path IS NULL))
) STRICT;

CREATE INDEX statements_by_entry ON statements (log, log_index);

-- People, organisations and channels that say things or are spoken of.
CREATE TABLE sources (
    id               TEXT PRIMARY KEY,              -- person/…, org/…, channel/…
    kind             TEXT NOT NULL CHECK (kind IN ('person', 'org', 'channel')),
    name             TEXT,                          -- the first of its names; NULL where withheld
    family           TEXT,                          -- publisher family
    naming           TEXT NOT NULL CHECK (naming IN ('public', 'press', 'withheld')),
    note             TEXT NOT NULL DEFAULT '',
    file             TEXT NOT NULL,                 -- sources/…/….toml
    CHECK (naming <> 'withheld' OR name IS NULL)
) STRICT, WITHOUT ROWID;

-- Every name of a source, in all scripts. None of a source whose naming is withheld.
CREATE TABLE source_names (
    source           TEXT NOT NULL REFERENCES sources (id),
    position         INTEGER NOT NULL,
    name             TEXT NOT NULL,                 -- the key `text` of the source file
    lang             TEXT,
    script           TEXT,
    scheme           TEXT,                          -- of transliteration
    seen_in          TEXT,
    PRIMARY KEY (source, position)
) STRICT, WITHOUT ROWID;

-- Claims that belong together.
CREATE TABLE cases (
    id               TEXT PRIMARY KEY,
    title            TEXT NOT NULL,
    language         TEXT NOT NULL,                 -- of the title and of the claims
    file             TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Files of bytes with their signed statement. Sealed ones are not in this table.
CREATE TABLE snapshots (
    sha256           TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    path             TEXT NOT NULL,                 -- in the archive
    length           INTEGER NOT NULL,              -- bytes
    statement        TEXT NOT NULL REFERENCES statements (id),
    access           TEXT NOT NULL CHECK (access IN ('public', 'quotes')),
    access_reason    TEXT NOT NULL DEFAULT '',      -- why, where it is not the custody's default
    custody          TEXT NOT NULL CHECK (custody IN ('observed', 'supplied')), -- as it counts under our signers
    authenticated    INTEGER NOT NULL DEFAULT 0 CHECK (authenticated IN (0, 1)), -- a seconded `authentication`
    custody_said     TEXT NOT NULL CHECK (custody_said IN ('observed', 'supplied')), -- in the statement
    outcome          TEXT CHECK (outcome IN ('complete', 'truncated', 'malformed')),
    outcome_reason   TEXT,
    requested_url    TEXT,                          -- of a capture
    final_url        TEXT,
    http_status      INTEGER,
    started_on       TEXT,
    finished_on      TEXT,
    supplied_by      TEXT,                          -- of a deposit
    claimed_url      TEXT,                          -- of a deposit: said, not observed
    document_name    TEXT,
    document_type    TEXT,                          -- media type
    document_length  INTEGER,
    document_sha256  TEXT,
    memento          TEXT,                          -- JSON object: of a deposit that a web archive held,
                                                    -- whose memento of what it is, as it was found
    labels           TEXT NOT NULL DEFAULT '[]',    -- JSON list of words: bot-check, consent-wall, paywall,
                                                    -- login-wall, soft-404, empty, logged-in, …
    label_reasons    TEXT NOT NULL DEFAULT '{}',    -- JSON object: label → why, in a sentence
    allowed_addresses TEXT NOT NULL DEFAULT '[]',   -- JSON list
    redactions       TEXT NOT NULL DEFAULT '[]',    -- JSON list
    tls              TEXT,                          -- JSON object
    driver           TEXT CHECK (driver IN ('client', 'browser')), -- what asked, of a capture
    browser          TEXT,                          -- JSON object: the browser's own account
    robots           TEXT,                          -- JSON object: what robots.txt said, where it was asked for
    tool             TEXT NOT NULL,                 -- name and version
    main_record      INTEGER,                       -- position in records; what quotes are anchored in
    record_count     INTEGER NOT NULL,
    records_root     TEXT NOT NULL,
    extractor        TEXT,                          -- of the text layer; NULL where there is none
    charset          TEXT,                          -- JSON object: in which encoding its document was read,
                                                    -- who says so, and what speaks against it;
                                                    -- NULL where access is not public
    text_length      INTEGER,                       -- code points
    text_sha256      TEXT,                          -- NULL where access is not public
    text             TEXT,                          -- NULL where access is not public;
                                                    -- names of withheld persons elided as ▒
    text_elided      INTEGER NOT NULL DEFAULT 0 CHECK (text_elided IN (0, 1)),
    zones            TEXT NOT NULL DEFAULT '[]',    -- JSON list of [start, end, zone]
    CHECK (access = 'public' OR text IS NULL)
) STRICT;

CREATE INDEX snapshots_by_statement ON snapshots (statement);
CREATE INDEX snapshots_by_request ON snapshots (requested_url);
CREATE INDEX snapshots_by_claim ON snapshots (claimed_url);

-- The records of a snapshot, in file order, with what its statement commits to.
CREATE TABLE records (
    snapshot         TEXT NOT NULL REFERENCES snapshots (sha256),
    position         INTEGER NOT NULL,              -- i of the opening, from 0
    type             TEXT,                          -- WARC-Type; NULL where withheld
    uri              TEXT,                          -- WARC-Target-URI
    date             TEXT,                          -- WARC-Date
    media_type       TEXT,                          -- Content-Type of the record
    offset           INTEGER,                       -- bytes into the file
    length           INTEGER,                       -- bytes, compressed
    sha256           TEXT,                          -- of the inflated record
    member           TEXT,                          -- sha256 of the compressed member
    salt             TEXT,                          -- hex; opens the commitment
    "commit"         TEXT NOT NULL,                 -- sha256(salt || sha256), hex
    withheld         TEXT,                          -- statement id of the tombstone
    PRIMARY KEY (snapshot, position)
) STRICT, WITHOUT ROWID;

-- What a case calls a snapshot, and what is known of the document in it.
CREATE TABLE snapshot_aliases (
    case_id          TEXT NOT NULL REFERENCES cases (id),
    alias            TEXT NOT NULL,
    snapshot         TEXT NOT NULL REFERENCES snapshots (sha256),
    publisher        TEXT REFERENCES sources (id),
    language         TEXT,
    published        TEXT,                          -- EDTF
    published_words  TEXT,
    PRIMARY KEY (case_id, alias)
) STRICT, WITHOUT ROWID;

CREATE INDEX snapshot_aliases_by_snapshot ON snapshot_aliases (snapshot);

-- Pages that are known of; what came of them is in lead_snapshots and in lead_attempts.
-- Never evidence.
CREATE TABLE leads (
    id               TEXT PRIMARY KEY,              -- lead/…
    case_id          TEXT NOT NULL REFERENCES cases (id),
    url              TEXT NOT NULL,
    publisher        TEXT NOT NULL,                 -- in words, as in leads.csv
    language         TEXT NOT NULL,
    published        TEXT NOT NULL,                 -- EDTF; '' where unknown
    published_words  TEXT NOT NULL,
    about            TEXT NOT NULL,
    bears_on         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Attempts at a page that was not come to. Each is evidence of the attempt alone: it
-- says nothing of the page. One whose statement is withheld is not in this table.
CREATE TABLE attempts (
    statement        TEXT PRIMARY KEY REFERENCES statements (id),
    log_index        INTEGER NOT NULL,
    requested_url    TEXT NOT NULL,                 -- as it was given
    started_on       TEXT NOT NULL,                 -- claimed times
    finished_on      TEXT NOT NULL,
    driver           TEXT NOT NULL CHECK (driver IN ('client', 'browser')),
    failure          TEXT NOT NULL CHECK (failure IN ('dns', 'refused-address', 'connect', 'tls',
                         'timeout', 'no-response', 'redirects', 'robots', 'service')), -- the last one
    reason           TEXT NOT NULL,                 -- of the last one, in words
    requests         INTEGER NOT NULL,              -- that failed: hops and retries
    failures         TEXT NOT NULL,                 -- JSON list of all of them, as signed
    tool             TEXT NOT NULL,                 -- name and version
    snapshot         TEXT                           -- what came on the way; NULL: nothing did
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_by_entry ON attempts (log_index);
CREATE INDEX attempts_by_request ON attempts (requested_url);

-- Which attempts asked for the page of which lead: their addresses are the same, but for
-- fragment, default port and the spelling of host and escapes.
CREATE TABLE lead_attempts (
    lead             TEXT NOT NULL REFERENCES leads (id),
    statement        TEXT NOT NULL REFERENCES attempts (statement),
    PRIMARY KEY (lead, statement)
) STRICT, WITHOUT ROWID;

CREATE INDEX lead_attempts_by_statement ON lead_attempts (statement);

-- Which snapshots are of the page of which lead, by their addresses in the same way. A lead
-- stays a lead: what counts is the snapshot.
CREATE TABLE lead_snapshots (
    lead             TEXT NOT NULL REFERENCES leads (id),
    snapshot         TEXT NOT NULL REFERENCES snapshots (sha256),
    how              TEXT NOT NULL CHECK (how IN
                         ('requested', 'final', 'claimed')), -- it was asked for, it answered, it is said to be
    PRIMARY KEY (lead, snapshot)
) STRICT, WITHOUT ROWID;

CREATE INDEX lead_snapshots_by_snapshot ON lead_snapshots (snapshot);

-- Claims: the revision in force, and what it permits. One row a claim, for browsing.
CREATE TABLE claims (
    id               TEXT PRIMARY KEY CHECK (id GLOB 'c-????????'),
    case_id          TEXT NOT NULL REFERENCES cases (id),
    position         INTEGER NOT NULL,              -- order of reading in the case, from 0
    slug             TEXT NOT NULL,
    revision         INTEGER NOT NULL,              -- the one in force
    kind             TEXT NOT NULL,
    claim            TEXT NOT NULL,
    ceiling          TEXT NOT NULL,                 -- the most that the evidence permits
    strength         TEXT,                          -- verdict of the newest assessment, or NULL
    state            TEXT,                          -- disputed, refuted, superseded, withdrawn, or NULL
    stale            INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)), -- the verdict is of an older revision
    UNIQUE (case_id, position),
    FOREIGN KEY (id, revision) REFERENCES claim_revisions (claim, revision)
        DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

-- Every revision of every claim. All that hangs on a claim hangs on one revision of it.
CREATE TABLE claim_revisions (
    claim            TEXT NOT NULL REFERENCES claims (id) DEFERRABLE INITIALLY DEFERRED,
    revision         INTEGER NOT NULL,              -- n of revisions/<claim id>/<n>.toml
    file             TEXT NOT NULL,                 -- that path
    sha256           TEXT NOT NULL,
    toml             TEXT NOT NULL,                 -- the file itself
    since_release    INTEGER,                       -- number of the first release that lists it; NULL in a draft
    since_index      INTEGER,                       -- that release's entry in the log
    since_on         TEXT,                          -- and its claimed time
    author           TEXT NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('fact', 'attribution', 'quotation',
                         'evaluation', 'norm', 'prediction', 'negative', 'statistic')),
    sentence         TEXT NOT NULL,                 -- the key `claim` of the file
    holds            TEXT,                          -- EDTF
    holds_words      TEXT,
    as_of            TEXT,                          -- EDTF
    as_of_words      TEXT,
    original_lang    TEXT,
    sensitive        TEXT,                          -- why, where it is
    note             TEXT NOT NULL DEFAULT '',
    ceiling          TEXT NOT NULL CHECK (ceiling IN
                         ('open', 'reported', 'attested', 'corroborated', 'established')),
    ceiling_steps    TEXT NOT NULL,                 -- JSON list of {"strength", "met": true|false,
                                                    -- "why", "evidence": [ids]}, weakest first; then caps
                                                    -- {"cap": strength, "why", "evidence": [ids]}
    citation         TEXT NOT NULL,                 -- one plain style
    citation_csl     TEXT NOT NULL,                 -- CSL-JSON, one item
    PRIMARY KEY (claim, revision)
) STRICT;

-- Whom and what a claim is about.
CREATE TABLE claim_about (
    claim            TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    position         INTEGER NOT NULL,
    source           TEXT NOT NULL REFERENCES sources (id),
    PRIMARY KEY (claim, revision, position),
    FOREIGN KEY (claim, revision) REFERENCES claim_revisions (claim, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX claim_about_by_source ON claim_about (source);

-- Evidence: a quote, or parts of one, in one snapshot.
CREATE TABLE evidence (
    claim            TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    evidence         TEXT NOT NULL,                 -- e1, e2, …
    position         INTEGER NOT NULL,              -- order in the file, from 0
    added            TEXT NOT NULL,                 -- date
    role             TEXT NOT NULL CHECK (role IN ('supports', 'contradicts', 'context')),
    snapshot         TEXT REFERENCES snapshots (sha256),   -- NULL where sealed
    sealed           TEXT REFERENCES statements (id),      -- the sealed snapshot's statement
    alias            TEXT,                          -- as in the file; NULL where sealed
    record           INTEGER,                       -- position in records
    extractor        TEXT,
    lang             TEXT NOT NULL,
    zone             TEXT,                          -- heading, body, caption
    zone_by          TEXT CHECK (zone_by IN ('extractor', 'author')), -- who says so
    copy_of          TEXT,
    withheld         INTEGER NOT NULL DEFAULT 0 CHECK (withheld IN (0, 1)), -- its words are not public
    translations     TEXT NOT NULL DEFAULT '[]',    -- JSON list of {"lang", "text", "by"}, as ordered in the file
    PRIMARY KEY (claim, revision, evidence),
    FOREIGN KEY (claim, revision) REFERENCES claim_revisions (claim, revision),
    CHECK ((snapshot IS NULL) <> (sealed IS NULL)),
    CHECK (sealed IS NULL OR withheld = 1),
    CHECK (withheld = 0 OR translations = '[]')
) STRICT, WITHOUT ROWID;

CREATE INDEX evidence_by_snapshot ON evidence (snapshot);

-- The words of the evidence, and where they stand in the text layer. None where withheld.
CREATE TABLE quotes (
    claim            TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    evidence         TEXT NOT NULL,
    part             INTEGER NOT NULL,              -- from 0; several parts support only together
    quote            TEXT NOT NULL,                 -- as in the claim file
    prefix           TEXT NOT NULL DEFAULT '',
    suffix           TEXT NOT NULL DEFAULT '',
    status           TEXT NOT NULL CHECK (status IN ('exact', 'normalised', 'ambiguous',
                         'changed', 'absent', 'not-searchable')),
    reason           TEXT NOT NULL DEFAULT '',
    start            INTEGER,                       -- code points into the text layer
    "end"            INTEGER,
    before           TEXT NOT NULL DEFAULT '',      -- the text layer's own words around it
    matched          TEXT NOT NULL DEFAULT '',      -- text[start:end]
    after            TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (claim, revision, evidence, part),
    FOREIGN KEY (claim, revision, evidence)
        REFERENCES evidence (claim, revision, evidence)
) STRICT, WITHOUT ROWID;

-- Who says it and whom they cite, from the page in hand inwards.
CREATE TABLE chain_links (
    claim            TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    evidence         TEXT NOT NULL,
    position         INTEGER NOT NULL,              -- from 0
    source           TEXT NOT NULL REFERENCES sources (id),     -- the key `by`
    snapshot         TEXT REFERENCES snapshots (sha256),
    sealed           TEXT REFERENCES statements (id),
    lead             TEXT REFERENCES leads (id),
    missing          TEXT,                          -- what is missing, in words
    voice            TEXT NOT NULL CHECK (voice IN ('own', 'quoted', 'paraphrased', 'facsimile')),
    attribution      TEXT NOT NULL CHECK (attribution IN ('explicit', 'adjacent')),
    party            INTEGER NOT NULL CHECK (party IN (0, 1)),
    knows            TEXT CHECK (knows IN ('witness', 'participant', 'document', 'relayed', 'unstated')),
    primary_kind     TEXT,                          -- the key `primary`
    PRIMARY KEY (claim, revision, evidence, position),
    FOREIGN KEY (claim, revision, evidence)
        REFERENCES evidence (claim, revision, evidence),
    CHECK ((snapshot IS NOT NULL) + (sealed IS NOT NULL)
         + (lead IS NOT NULL) + (missing IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX chain_links_by_source ON chain_links (source);
CREATE INDEX chain_links_by_lead ON chain_links (lead);

-- Whether the words of each link are held: the one place that says so.
CREATE VIEW link_holdings AS
    SELECT l.*, s.custody, s.authenticated,
        CASE
            WHEN l.snapshot IS NOT NULL AND (s.custody = 'observed' OR s.authenticated = 1)
                THEN 'held'
            WHEN l.snapshot IS NOT NULL THEN 'supplied'
            WHEN l.sealed IS NOT NULL THEN 'sealed'
            WHEN l.lead IS NOT NULL THEN 'lead'
            ELSE 'missing'
        END AS holding
    FROM chain_links l LEFT JOIN snapshots s ON s.sha256 = l.snapshot;

-- What would raise a claim, or dispute it.
CREATE TABLE wanted (
    claim            TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    position         INTEGER NOT NULL,
    what             TEXT NOT NULL,
    may              TEXT NOT NULL CHECK (may IN
                         ('support', 'dispute', 'supersede', 'same-copy', 'context')),
    lead             TEXT REFERENCES leads (id),
    PRIMARY KEY (claim, revision, position),
    FOREIGN KEY (claim, revision) REFERENCES claim_revisions (claim, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX wanted_by_lead ON wanted (lead);

-- How claims stand to each other, as the claim file says it.
CREATE TABLE related (
    claim            TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    position         INTEGER NOT NULL,
    other            TEXT NOT NULL REFERENCES claims (id) DEFERRABLE INITIALLY DEFERRED,
    relation         TEXT NOT NULL CHECK (relation IN
                         ('needed-by', 'part-of', 'conflicts-with', 'overtakes', 'same-event')),
    PRIMARY KEY (claim, revision, position),
    FOREIGN KEY (claim, revision) REFERENCES claim_revisions (claim, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX related_by_other ON related (other);

-- Reviewers' signed judgements of one revision each.
CREATE TABLE assessments (
    statement        TEXT PRIMARY KEY REFERENCES statements (id),
    claim            TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    strength         TEXT NOT NULL,
    state            TEXT,
    by_claim         TEXT REFERENCES claims (id) DEFERRABLE INITIALLY DEFERRED,
    from_date        TEXT,                          -- EDTF
    correction_effect TEXT CHECK (correction_effect IN ('verdict', 'none', 'void', 'update')),
    correction_reason TEXT,
    rests_on         TEXT NOT NULL DEFAULT '[]',    -- JSON list of evidence ids
    sets_aside       TEXT NOT NULL DEFAULT '[]',    -- JSON list of evidence ids
    why              TEXT NOT NULL,
    seconds          TEXT REFERENCES statements (id),
    FOREIGN KEY (claim, revision) REFERENCES claim_revisions (claim, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX assessments_by_claim ON assessments (claim, revision);

-- What the checks of this release found; none that needs a clock, a pin or a state folder.
CREATE TABLE findings (
    position         INTEGER PRIMARY KEY,
    code             TEXT NOT NULL,
    severity         TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'note')),
    place            TEXT NOT NULL,
    message          TEXT NOT NULL,
    hint             TEXT NOT NULL DEFAULT '',
    claim            TEXT REFERENCES claims (id),
    snapshot         TEXT REFERENCES snapshots (sha256)
) STRICT;

-- Files of the archive that /archive/<path> gives out, outside logs/ (whose files the log's
-- layout names). A file that is not here is not served.
CREATE TABLE files (
    path             TEXT PRIMARY KEY,
    length           INTEGER,
    sha256           TEXT CHECK (length(sha256) = 64), -- NULL for receipts, which gain cosignatures
    kind             TEXT NOT NULL CHECK (kind IN ('snapshot', 'openings', 'text',
                         'statement', 'receipt', 'released')),
    CHECK ((sha256 IS NULL) = (kind = 'receipt')),
    CHECK ((length IS NULL) = (kind = 'receipt'))
) STRICT, WITHOUT ROWID;

-- What /search looks in, made from the tables above.
CREATE TABLE search (
    id               INTEGER PRIMARY KEY,
    kind             TEXT NOT NULL CHECK (kind IN ('claim', 'quote', 'source', 'lead', 'snapshot')),
    target           TEXT NOT NULL,                 -- the address of the page
    title            TEXT NOT NULL,
    lang             TEXT,                          -- of the text
    text             TEXT NOT NULL,
    folded           TEXT NOT NULL                  -- the text as the index sees it
) STRICT;

CREATE VIRTUAL TABLE search_fts USING fts5 (
    folded, content = 'search', content_rowid = 'id', tokenize = 'trigram'
);
