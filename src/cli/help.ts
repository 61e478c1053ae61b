export const HELP = `Usage: temporal-unstructured <command> [options]

Run Unstructured document jobs durably from Temporal.

Commands:
  run          process the documents of a folder or bucket into output files
  demo         show jobs and documents in workflows, in half a minute
  fake-api     serve a fake Unstructured API, for tests in any language

Options:
  -h, --help   show this help; after a command, its options
  --version    show the version
`;

export const RUN_HELP = `Usage: temporal-unstructured run --from PLACE --to PLACE --template ID [options]

Lists the documents in a folder or bucket, processes them in as many
Unstructured jobs as needed, and writes their outputs. A manifest lists the
outcome of each document. After Ctrl-C or a crash, run the same command again:
it resumes the batch, and sends nothing twice.

  --from PLACE    where the documents are: a folder, or s3://bucket/prefix/
  --to PLACE      where outputs and manifest go: the same kinds of places
  --template ID   template of the jobs, such as hi_res_partition
  --workflow ID   instead of a template: the uuid of a workflow of your account
                  whose source is local

Options:
  --match GLOB    take only documents whose path below --from matches, such as
                  '**/*.pdf'; '!drafts/**' leaves documents out; can be repeated
  --name TEMPLATE names of the outputs (default: {path}/{stem}.json)
  --parallel N    number of jobs that run at a time (default: 5)
  --tolerated N   share of documents that may end other than ok, from 0 to 1. If
                  more do, no further job starts (default: 1)
  --retry-failed MANIFEST
                  process the documents that are not ok in the manifest of an
                  earlier batch: path or s3:// URL of its manifest.json below
                  --to
  --unless-in MANIFEST
                  leave out documents that are ok in the manifest of an earlier
                  batch, and have not changed since; can be repeated. The word
                  latest stands for the newest manifest of the same --from,
                  --match and --to, and retries of it, or for none if there is
                  none yet. If such a batch has not ended, it is resumed instead
  --key KEY       name of the batch. A command with the same key resumes the
                  batch, so give each batch another one (default: made from
                  --from, --to, --match, --template or --workflow, --fake and
                  the manifest of --retry-failed or --unless-in)
  --fake          use no account: start a fake API and a Temporal server in
                  memory, even if TEMPORAL_* names one. Both end with the
                  program. The same command then processes what is not done.
                  The outputs are invented, whatever the documents contain
  --json          print one JSON object at the end. Everything else goes to
                  standard error
  --verbose       show the logs of the SDK and of the dev server
  -h, --help      show this help

Environment:
  UNSTRUCTURED_API_KEY
                  API key of your account; needed without --fake
  UNSTRUCTURED_API_URL
                  URL of the API, if your account is not on the usual host
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
                  proxy for requests to the API. S3 and the Temporal server are
                  reached directly
  TEMPORAL_ADDRESS, TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE
                  Temporal server to use; the other TEMPORAL_* variables apply
                  as in every Temporal program. If none of the three is set, the
                  program starts a dev server. Its state is kept beside the
                  manifest; if outputs go to S3, below $XDG_STATE_HOME or
                  ~/.local/state
  TEMPORAL_CLI_PATH
                  executable of the dev server
  AWS_REGION, AWS_ENDPOINT_URL and so on
                  access to S3, as in every AWS program. S3 needs the packages
                  @aws-sdk/client-s3 and @aws-sdk/lib-storage

Exit code: 0 if every document is ok, and none is left out as unsettled; 1 if
not. 2 if nothing was started, because of a wrong option, no API key, no server,
or another batch with the same key. 129 after SIGHUP, 130 after Ctrl-C, 143
after SIGTERM.
`;

export const DEMO_HELP = `Usage: temporal-unstructured demo [options]

Starts a Temporal dev server, a fake Unstructured API and a worker. One workflow
awaits five jobs side by side, one of them watched by the worker. Another makes
files of three documents, and a batch processes a folder. The demo shows their
progress. The files stay in a temporary folder.

Options:
  --keep          keep everything running for the Web UI until Ctrl-C
  --job-id ID     await this job of the real API instead, with the API key in
                  UNSTRUCTURED_API_KEY
  --port N        port of the dev server (default: any free port)
  --ui-port N     port of its Web UI (default: any free port)
  --ui-url URL    Web UI of the Temporal server that TEMPORAL_ADDRESS names
  --verbose       show the logs of the SDK and of the dev server
  -h, --help      show this help

Environment:
  TEMPORAL_ADDRESS, TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE
                  Temporal server to use instead of a dev server; the other
                  TEMPORAL_* variables apply as in every Temporal program
  TEMPORAL_UI_URL
                  the same as --ui-url
  TEMPORAL_CLI_PATH
                  executable of the dev server
  UNSTRUCTURED_API_KEY, UNSTRUCTURED_API_URL
                  account of the API, for --job-id
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
                  proxy for requests to the API, for --job-id

Exit code: 0 if everything ended as expected, 1 if not, 2 for a wrong option.
`;

export const FAKE_API_HELP = `Usage: temporal-unstructured fake-api [options]

Serves a fake Unstructured API until Ctrl-C. Add jobs over HTTP, with timelines,
faults and answers of your choice. This works from this machine only:

  curl http://127.0.0.1:PORT/__fake/jobs -d '{
    "files": ["a.pdf"],
    "timeline": [["SCHEDULED", "2s"], ["IN_PROGRESS", {"checks": 3}], ["COMPLETED"]],
    "faults": [[2, {"kind": "status", "status": 503}]],
    "answers": {"createdAtOffset": false, "earlyNotFound": {"first": 1}}
  }'

Controls below /__fake/:
  POST jobs                add a job
  GET jobs, GET jobs/:id   list the jobs, show one
  PATCH jobs/:id           change status, faults and answers of a job
  PATCH api                change API key, faults and answers of all
  GET requests             show the requests so far
  POST workflows           add a workflow
  PUT started              set what jobs do that are started over HTTP
  POST webhooks            add a channel that is notified of jobs
  GET deliveries           show the notifications so far
  POST reset               forget everything

Options:
  --port N        port to listen on (default: any free port)
  --host HOST     address to listen on (default: 127.0.0.1)
  --api-key KEY   API key that is accepted (default: fake-key)
  --seed TEXT     text that ids are made from: the same text gives the same ids
                  (default: new ids each time)
  --demo-jobs     start with the jobs of the demo
  -h, --help      show this help
`;
