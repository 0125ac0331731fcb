/** What `airlock help` says. */
export const helpText = `airlock: uploads into XNAT that are validated, de-identified and proven intact

  airlock upload PATH --project P [--subject S] [--session E] [--wait] [--json]
                 [--on-conflict append|new-label]   where XNAT holds the session already
  airlock upload PATH --resume ID            go on with an upload that was interrupted
  airlock status [ID] [--json]               one submission, or the newest ones
  airlock receipt ID [-o FILE]               fetch and prove a receipt
  airlock verify RECEIPT|CERTIFICATE [--local DIR] [--archive] [--previous RECEIPT] [--key FILE]
  airlock release ID [--wait] [--json]       as operator: a person has looked, or mended the cause: go on
  airlock relabel ID [--session NEW] [--subject NEW] [--from LABEL] [-o FILE]   as operator: other labels in XNAT
  airlock withdraw ID [--reason consent|mistake|other] [-o FILE]   as operator: remove it, and prove that it is gone
  airlock validate PATH... [--profile FILE] [--format text|jsonl] [--jobs N]
  airlock deid PATH... --out DIR|ZIP [--profile FILE] [--key-file FILE] [--jobs N] [--json]
                 [--diff | --diff-values]            what became of each element; with values only if you say so
                 [--map FILE --map-key PUBLIC.pem]   keep who is who, encrypted to that key
  airlock deid map FILE --key PRIVATE.pem    open such a map
  airlock audit verify --submission ID       prove the chain of events
  airlock whoami                             who this computer signs in as
  airlock help | --version

Sign-in: AIRLOCK_URL, and AIRLOCK_TOKEN or AIRLOCK_TOKEN_FILE, or AIRLOCK_CLIENT_ID with AIRLOCK_CLIENT_SECRET, or
cli.json in AIRLOCK_HOME (default ./.airlock). What an operator does takes operator.json there, where
there is one. Secrets are never given as arguments.

Exit codes: 0 archived, or the stage asked for  1 unexpected  2 usage  3 refused  4 partial  5 temporary, try again
  6 sign-in  7 permission  8 conflict  9 integrity  10 held  11 pipeline failed  12 local files  13 configuration
  130 interrupted
`;
