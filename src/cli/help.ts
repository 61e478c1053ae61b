export const HELP = `Usage: temporal-unstructured <command> [options]

Run Unstructured document jobs durably from Temporal.

Commands:
  run          send a folder or bucket of documents, and get files and a manifest
  demo         await jobs and run documents in workflows, and watch them, in half a minute
  fake-api     start a fake Unstructured API for the tests of other programs

Options:
  -h, --help   show this, or a command's options
  --version    show the version
`;

export const RUN_HELP = `Usage: temporal-unstructured run --from PLACE --to PLACE --template ID [options]

Lists the documents in a folder or bucket, runs them through Unstructured in as
many jobs as it takes, and writes their outputs and a manifest. The same command
goes on where it stood, after Ctrl-C or a crash too: nothing is sent twice.

  --from PLACE    documents: a folder, or s3://bucket/prefix/
  --to PLACE      outputs and manifest: a folder, or s3://bucket/prefix/
  --template ID   template of the jobs, such as hi_res_partition; or
  --workflow ID   a workflow whose source is local

Options:
  --match GLOB    only documents whose path below --from matches, such as
                  '**/*.pdf'; '!drafts/**' leaves out; may be repeated
  --name TEMPLATE names of the outputs (default: {path}/{stem}.json)
  --parallel N    jobs that run at a time (default: 5)
  --tolerated N   share of documents that may be other than ok, 0 to 1: beyond
                  it no other job starts (default: 1)
  --retry-failed MANIFEST
                  run what is not ok in the manifest of an earlier batch
  --unless-in MANIFEST
                  leave out what is ok in it, and has not changed since
  --key KEY       name of the batch (default: made from the places, --match,
                  --template or --workflow, and the manifest that is named)
  --fake          try it without an account: with a fake API, and a Temporal in
                  memory whatever TEMPORAL_* names. Its jobs end with the
                  program: the same command goes on with what is not done
  --json          print one JSON object at the end, and all else on standard
                  error
  --verbose       show the logs of the SDK and of the dev server
  -h, --help      show this

Environment:
  UNSTRUCTURED_API_KEY, UNSTRUCTURED_API_URL    account
  TEMPORAL_ADDRESS, TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE
                  use this Temporal server; the other TEMPORAL_* variables apply
                  as for every Temporal program. Without one, a dev server keeps
                  its state beside the manifest, or, where outputs go to S3,
                  below $XDG_STATE_HOME or ~/.local/state
  TEMPORAL_CLI_PATH                             executable of the dev server
  AWS_REGION, AWS_ENDPOINT_URL and so on        S3, as for every AWS program;
                  needs @aws-sdk/client-s3 and @aws-sdk/lib-storage

Ends with 0 if every document is ok, 1 if not, 2 if nothing was begun: a wrong
option, no key, no server, another batch of that key.
`;

export const DEMO_HELP = `Usage: temporal-unstructured demo [options]

Starts a Temporal dev server, a fake Unstructured API and a worker, awaits four
jobs side by side in a workflow, makes files of three documents in another, and
shows what happens. The files stay in a temporary folder.

Options:
  --keep          leave everything up for the Web UI until Ctrl-C
  --job-id ID     await this job of the real API instead; its key is read from
                  UNSTRUCTURED_API_KEY
  --port N        port of the dev server (default: any free one)
  --ui-port N     port of its Web UI (default: any free one)
  --ui-url URL    Web UI of the Temporal server that TEMPORAL_ADDRESS names
  --verbose       show the logs of the SDK and of the dev server
  -h, --help      show this

Environment:
  TEMPORAL_ADDRESS, TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE
                  use this Temporal server instead of a dev server; the other
                  TEMPORAL_* variables apply as for every Temporal program
  TEMPORAL_UI_URL                               as --ui-url
  TEMPORAL_CLI_PATH                             executable of the dev server
  UNSTRUCTURED_API_KEY, UNSTRUCTURED_API_URL    account of --job-id

Ends with 0 if all went as it should, 1 if not, 2 for a wrong option.
`;

export const FAKE_API_HELP = `Usage: temporal-unstructured fake-api [options]

Serves a fake Unstructured API until Ctrl-C. Jobs with scripted timelines,
faults and kinds of answers are added over HTTP, from this machine only:

  curl http://127.0.0.1:PORT/__fake/jobs -d '{
    "files": ["a.pdf"],
    "timeline": [["SCHEDULED", "2s"], ["IN_PROGRESS", {"checks": 3}], ["COMPLETED"]],
    "faults": [[2, {"kind": "status", "status": 503}]],
    "answers": {"createdAtOffset": false, "earlyNotFound": {"first": 1}}
  }'

Controls below /__fake/:
  POST jobs, GET jobs, GET jobs/:id     add jobs, look at them
  PATCH jobs/:id, PATCH api             change status, faults, answers, key
  GET requests                          what was asked
  POST workflows, PUT started           what can be run, what started jobs do
  POST webhooks, GET deliveries         whom to tell of jobs, what was told
  POST reset                            forget everything

Options:
  --port N        (default: any free one)
  --host HOST     (default: 127.0.0.1)
  --api-key KEY   the key that is accepted (default: fake-key)
  --seed TEXT     what ids are made from: the same text gives the same ids
                  (default: ids of its own)
  --demo-jobs     begin with the jobs of the demo
  -h, --help      show this
`;
