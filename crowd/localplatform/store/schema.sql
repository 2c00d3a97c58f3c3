-- The local platform's store. Times are seconds since the epoch; money is hundredths of a cent (fees.py).
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS hit_types (
  hit_type_id TEXT PRIMARY KEY,
  properties TEXT NOT NULL UNIQUE,      -- JSON of what CreateHITType was given: the same values are the same type
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  keywords TEXT,
  reward INTEGER NOT NULL,
  duration_s INTEGER NOT NULL,
  auto_approval_s INTEGER NOT NULL,
  requirements TEXT NOT NULL            -- JSON list of QualificationRequirement
) STRICT;

CREATE TABLE IF NOT EXISTS hits (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  hit_id TEXT NOT NULL UNIQUE,
  hit_type_id TEXT NOT NULL REFERENCES hit_types,
  created REAL NOT NULL,
  visible_from REAL NOT NULL,
  expiration REAL NOT NULL,
  max_assignments INTEGER NOT NULL,
  first_max_assignments INTEGER NOT NULL,
  cost INTEGER NOT NULL,                -- of one approved assignment, with fee
  annotation TEXT,
  reviewing INTEGER NOT NULL DEFAULT 0,
  disposed REAL,
  pending INTEGER NOT NULL DEFAULT 0,   -- the four counts follow the assignments' states
  submitted INTEGER NOT NULL DEFAULT 0,
  approved INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  programs INTEGER NOT NULL DEFAULT 0   -- how many of the four together are of simulated participants
) STRICT;
CREATE INDEX IF NOT EXISTS hits_of_type ON hits (hit_type_id);
CREATE INDEX IF NOT EXISTS hits_alive ON hits (seq) WHERE disposed IS NULL;

CREATE TABLE IF NOT EXISTS questions (  -- apart from the HITs, which are listed far more often than shown
  hit_id TEXT PRIMARY KEY REFERENCES hits (hit_id),
  question TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS assignments (
  assignment_id TEXT PRIMARY KEY,
  hit_id TEXT NOT NULL REFERENCES hits (hit_id),
  worker_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('Accepted', 'Returned', 'Abandoned', 'Submitted', 'Approved', 'Rejected')),
  accepted REAL NOT NULL,
  deadline REAL NOT NULL,
  ended REAL,                           -- returned or abandoned
  submit_seq INTEGER UNIQUE,            -- order of submission, the order of lists
  submitted REAL,
  auto_approval REAL,
  approved REAL,
  rejected REAL,
  answer TEXT,
  feedback TEXT,
  completion_code TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS assignments_of_hit ON assignments (hit_id, submit_seq);
CREATE INDEX IF NOT EXISTS assignments_of_worker ON assignments (worker_id, hit_id);
CREATE INDEX IF NOT EXISTS assignments_open ON assignments (deadline) WHERE state = 'Accepted';
CREATE INDEX IF NOT EXISTS assignments_to_review ON assignments (auto_approval) WHERE state = 'Submitted';
CREATE TRIGGER IF NOT EXISTS assignment_accepted AFTER INSERT ON assignments BEGIN
  UPDATE hits SET pending = pending + 1 WHERE hit_id = new.hit_id;
END;
CREATE TRIGGER IF NOT EXISTS assignment_moved AFTER UPDATE OF state ON assignments BEGIN
  UPDATE hits SET
    pending = pending + (new.state = 'Accepted') - (old.state = 'Accepted'),
    submitted = submitted + (new.state = 'Submitted') - (old.state = 'Submitted'),
    approved = approved + (new.state = 'Approved') - (old.state = 'Approved'),
    rejected = rejected + (new.state = 'Rejected') - (old.state = 'Rejected')
  WHERE hit_id = new.hit_id;
END;

CREATE TRIGGER IF NOT EXISTS program_accepted AFTER INSERT ON assignments WHEN new.worker_id GLOB 'ASIMULATED*' BEGIN
  UPDATE hits SET programs = programs + 1 WHERE hit_id = new.hit_id;
END;
CREATE TRIGGER IF NOT EXISTS program_left AFTER UPDATE OF state ON assignments
WHEN new.worker_id GLOB 'ASIMULATED*' AND old.state = 'Accepted' AND new.state IN ('Returned', 'Abandoned') BEGIN
  UPDATE hits SET programs = programs - 1 WHERE hit_id = new.hit_id;
END;

CREATE TABLE IF NOT EXISTS payments (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('assignment', 'bonus')),
  assignment_id TEXT NOT NULL REFERENCES assignments,
  worker_id TEXT NOT NULL,
  amount INTEGER NOT NULL,              -- what the worker gets
  cost INTEGER NOT NULL,                -- what the requester pays, with fee
  reason TEXT,
  paid REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS payments_of_assignment ON payments (assignment_id);
CREATE UNIQUE INDEX IF NOT EXISTS paid_once ON payments (assignment_id) WHERE kind = 'assignment';

CREATE TABLE IF NOT EXISTS request_tokens (
  scope TEXT NOT NULL,
  token TEXT NOT NULL,
  used REAL NOT NULL,
  outcome TEXT NOT NULL,                -- the id that the first call made
  PRIMARY KEY (scope, token)
) STRICT;

CREATE TABLE IF NOT EXISTS qualification_types (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  qualification_type_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created REAL NOT NULL,
  properties TEXT NOT NULL,             -- JSON: the members of QualificationType
  deleted REAL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS qualification_names ON qualification_types (name) WHERE deleted IS NULL;

CREATE TABLE IF NOT EXISTS qualifications (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  qualification_type_id TEXT NOT NULL REFERENCES qualification_types (qualification_type_id),
  worker_id TEXT NOT NULL,
  value INTEGER,
  granted REAL NOT NULL,
  revoked REAL,
  reason TEXT,
  UNIQUE (qualification_type_id, worker_id)
) STRICT;

CREATE TABLE IF NOT EXISTS qualification_requests (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  request_id TEXT NOT NULL UNIQUE,
  qualification_type_id TEXT NOT NULL REFERENCES qualification_types (qualification_type_id),
  worker_id TEXT NOT NULL,
  submitted REAL NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('Pending', 'Accepted', 'Rejected')),
  reason TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS qualification_tests (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  qualification_type_id TEXT NOT NULL REFERENCES qualification_types (qualification_type_id),
  worker_id TEXT NOT NULL,
  started REAL NOT NULL,
  deadline REAL NOT NULL,
  test TEXT NOT NULL,                   -- as it was when the worker began
  answer_key TEXT,
  request_id TEXT UNIQUE REFERENCES qualification_requests (request_id),  -- once it was taken
  answer TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS tests_of_worker ON qualification_tests (worker_id, qualification_type_id);

CREATE TABLE IF NOT EXISTS participants (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL UNIQUE,           -- the secret part of the participant's link
  worker_id TEXT NOT NULL UNIQUE,
  simulated INTEGER NOT NULL,
  country TEXT,
  invited REAL NOT NULL,
  revoked REAL                          -- since then the link leads to a page that says so
) STRICT;

CREATE TABLE IF NOT EXISTS recruits (   -- people by the ids that their recruiter knows them by, which stand nowhere else
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  recruiter TEXT NOT NULL,
  person_id TEXT NOT NULL,
  worker_id TEXT NOT NULL UNIQUE,
  UNIQUE (recruiter, person_id)
) STRICT;

CREATE TABLE IF NOT EXISTS arrivals (   -- the visits on which a recruiter sent them
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  recruiter TEXT NOT NULL,
  session_id TEXT NOT NULL,
  worker_id TEXT NOT NULL,
  num_tasks INTEGER NOT NULL,           -- how many tasks they were asked for; 0: as many as are open
  num_before INTEGER NOT NULL,          -- how many tasks they had finished before this visit
  arrived REAL NOT NULL,
  waits_until REAL NOT NULL,            -- before that, having found no place is no outcome
  outcome TEXT,                         -- one of crowd.recruiters.Outcome; NULL: not ended
  ended REAL,
  state TEXT,                           -- crowd.recruiters.ArrivalState as the recruiter told it last; NULL: not asked
  code TEXT,                            -- the completion code that they gave there
  UNIQUE (recruiter, session_id)
) STRICT;
CREATE INDEX IF NOT EXISTS arrivals_of_worker ON arrivals (worker_id, seq);
CREATE INDEX IF NOT EXISTS arrivals_open ON arrivals (arrived) WHERE outcome IS NULL;

CREATE TABLE IF NOT EXISTS notices (    -- what the recruiter told of visits by itself
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  visit INTEGER NOT NULL,               -- `seq` of the visit
  notice_id TEXT NOT NULL,              -- of the event, as the recruiter names it
  happened REAL NOT NULL,               -- there
  UNIQUE (visit, notice_id)
) STRICT;

CREATE TABLE IF NOT EXISTS previews (
  hit_id TEXT NOT NULL,
  worker_id TEXT NOT NULL,
  seen REAL NOT NULL,
  PRIMARY KEY (hit_id, worker_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS quiz_tries (  -- of the quiz about a study's instructions, whatever task it was asked before
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  worker_id TEXT NOT NULL,
  study TEXT NOT NULL,                  -- as pages name it
  answers TEXT NOT NULL,                -- JSON list, an answer to each question
  tried REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS quiz_tries_of_worker ON quiz_tries (worker_id, study);

CREATE TABLE IF NOT EXISTS consent_texts (  -- what participants agree to; `seq` is the version
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS consents (    -- by accepting the first task that asks for that text
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  worker_id TEXT NOT NULL,
  version INTEGER NOT NULL REFERENCES consent_texts (seq),
  assignment_id TEXT NOT NULL REFERENCES assignments (assignment_id),
  agreed REAL NOT NULL,
  UNIQUE (worker_id, version)
) STRICT;

CREATE TABLE IF NOT EXISTS forgotten (   -- whose links, recruiter's ids and times were deleted when their time was over
  worker_id TEXT PRIMARY KEY,
  forgotten REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS blocks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  worker_id TEXT NOT NULL UNIQUE,
  reason TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  worker_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  sent REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS messages_of_worker ON messages (worker_id);

CREATE TABLE IF NOT EXISTS notifications (
  hit_type_id TEXT PRIMARY KEY REFERENCES hit_types,
  specification TEXT NOT NULL,          -- JSON of NotificationSpecification
  active INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS events (     -- what requesters are to be told of, until it is delivered or given up
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL DEFAULT (upper(hex(randomblob(15)))),
  specification TEXT NOT NULL,          -- the NotificationSpecification as it was then
  event_type TEXT NOT NULL,
  happened REAL,                        -- NULL: when it is first looked at
  hit_type_id TEXT,
  hit_id TEXT,
  assignment_id TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  due REAL NOT NULL DEFAULT 0           -- by the wall clock, of the next attempt
) STRICT;

CREATE TABLE IF NOT EXISTS hit_events ( -- events of a HIT that follow from its status and the time, once seen
  hit_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  PRIMARY KEY (hit_id, event_type)
) STRICT, WITHOUT ROWID;

CREATE VIEW IF NOT EXISTS wanted_events AS
  SELECT hit_type_id, specification, value AS event_type
  FROM notifications, json_each(specification, '$.EventTypes')
  WHERE active AND json_extract(specification, '$.Transport') IN ('SQS', 'SNS');

CREATE TRIGGER IF NOT EXISTS event_of_acceptance AFTER INSERT ON assignments
WHEN EXISTS (SELECT 1 FROM notifications) BEGIN
  INSERT INTO events (specification, event_type, happened, hit_type_id, hit_id, assignment_id)
  SELECT specification, event_type, new.accepted, hit_type_id, hit_id, new.assignment_id
  FROM hits JOIN wanted_events USING (hit_type_id)
  WHERE hit_id = new.hit_id AND event_type = 'AssignmentAccepted';
END;
CREATE TRIGGER IF NOT EXISTS event_of_assignment AFTER UPDATE OF state ON assignments
WHEN new.state <> old.state AND EXISTS (SELECT 1 FROM notifications) BEGIN
  INSERT INTO events (specification, event_type, happened, hit_type_id, hit_id, assignment_id)
  SELECT specification, event_type,
    CASE new.state WHEN 'Submitted' THEN new.submitted WHEN 'Approved' THEN new.approved
      WHEN 'Rejected' THEN new.rejected ELSE new.ended END,
    hit_type_id, hit_id, new.assignment_id
  FROM hits JOIN wanted_events USING (hit_type_id)
  WHERE hit_id = new.hit_id AND event_type = 'Assignment' || new.state;
END;
CREATE TRIGGER IF NOT EXISTS event_of_hit AFTER INSERT ON hits WHEN EXISTS (SELECT 1 FROM notifications) BEGIN
  INSERT INTO events (specification, event_type, happened, hit_type_id, hit_id)
  SELECT specification, event_type, new.created, hit_type_id, new.hit_id FROM wanted_events
  WHERE hit_type_id = new.hit_type_id AND event_type = 'HITCreated';
END;
CREATE TRIGGER IF NOT EXISTS event_of_extension AFTER UPDATE OF max_assignments, expiration ON hits
WHEN (new.max_assignments > old.max_assignments OR new.expiration > old.expiration)
  AND EXISTS (SELECT 1 FROM notifications) BEGIN
  INSERT INTO events (specification, event_type, hit_type_id, hit_id)
  SELECT specification, event_type, hit_type_id, new.hit_id FROM wanted_events
  WHERE hit_type_id = new.hit_type_id AND event_type = 'HITExtended';
END;
