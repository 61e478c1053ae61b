export const HELP = `Usage: temporal-unstructured <command> [options]

Run Unstructured document jobs durably from Temporal.

Commands:
  demo         await jobs and run documents in workflows, and watch them, in half a minute
  fake-api     start a fake Unstructured API for the tests of other programs

Options:
  -h, --help   show this, or a command's options
  --version    show the version
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
