"""Runs jobs with the official client, as the vendor's guides do, and prints what it saw as one line of JSON.

The API's URL and key come from the environment. Nothing here knows that the API may be a fake.
"""

import json
import os
import time

from unstructured_client import UnstructuredClient
from unstructured_client.models import errors, operations, shared

UNDER_WAY = (shared.JobStatus.SCHEDULED, shared.JobStatus.IN_PROGRESS)

client = UnstructuredClient(
    api_key_auth=os.environ["UNSTRUCTURED_API_KEY"],
    server_url=os.environ["UNSTRUCTURED_API_URL"],
)


def create(files, data='{"template_id": "hi_res_partition"}'):
    body = shared.BodyCreateJob(
        request_data=data,
        input_files=[
            shared.InputFiles(content=content, file_name=name, content_type="text/plain")
            for name, content in files.items()
        ],
    )
    request = operations.CreateJobRequest(body_create_job=body)
    return client.jobs.create_job(request=request).job_information


def get(job_id):
    return client.jobs.get_job(request=operations.GetJobRequest(job_id=job_id)).job_information


def wait(job_id):
    seen = []
    while True:
        status = get(job_id).status
        seen.append(status.value)
        if status not in UNDER_WAY:
            return seen
        time.sleep(0.01)


def details(job_id):
    request = operations.GetJobDetailsRequest(job_id=job_id)
    return client.jobs.get_job_details(request=request).job_details


def failed_files(job_id):
    request = operations.GetJobFailedFilesRequest(job_id=job_id)
    return client.jobs.get_job_failed_files(request=request).job_failed_files.failed_files


def download(job_id, file_id, node_id=None):
    request = operations.DownloadJobOutputRequest(job_id=job_id, file_id=file_id, node_id=node_id)
    return client.jobs.download_job_output(request=request).any


def cancel(job_id):
    return client.jobs.cancel_job(request=operations.CancelJobRequest(job_id=job_id)).status_code


def listed(workflow_id):
    request = operations.ListJobsRequest(workflow_id=workflow_id)
    return client.jobs.list_jobs(request=request).response_list_jobs


def run(workflow_id):
    body = shared.BodyRunWorkflow(
        input_files=[shared.BodyRunWorkflowInputFiles(content=b"run", file_name="run.txt")]
    )
    request = operations.RunWorkflowRequest(workflow_id=workflow_id, body_run_workflow=body)
    return client.workflows.run_workflow(request=request).job_information


def status_of_refusal(call):
    try:
        call()
    except (errors.SDKError, errors.HTTPValidationError) as error:
        return error.raw_response.status_code
    return None


startedJob = create({"good.txt": b"good", "zweite Prüfung.txt": b"second", "bad.txt": b"bad"})
good, second, bad = startedJob.input_file_ids
seen = wait(startedJob.id)
stats = details(startedJob.id)

whole = {
    "id": startedJob.id,
    "startedJob": startedJob.model_dump(mode="json"),
    "seen": seen,
    "processing_status": stats.processing_status.value,
    "failures": [node.failure for node in stats.node_stats],
    "failed_files": [file.model_dump() for file in failed_files(startedJob.id)],
    "listed": [job.id for job in listed(startedJob.workflow_id)],
    "outputs": [download(startedJob.id, file_id) for file_id in (good, second)],
    "by_node": [
        download(startedJob.id, file.file_id, file.node_id)
        for file in startedJob.output_node_files
        if file.file_id == good
    ],
    "bad_output": status_of_refusal(lambda: download(startedJob.id, bad)),
}

cancelled = create({"a.txt": b"a"})
cancel_status = cancel(cancelled.id)

workflow_run = run(os.environ["WORKFLOW_ID"])

print(
    json.dumps(
        {
            **whole,
            "cancelled": {"id": cancelled.id, "answer": cancel_status, "seen": wait(cancelled.id)},
            "run": {"id": workflow_run.id, "workflow_id": workflow_run.workflow_id},
            "unknown_job": status_of_refusal(lambda: get("00000000-0000-4000-8000-000000000000")),
            "malformed_job": status_of_refusal(lambda: get("no-uuid")),
            "malformed_workflow": status_of_refusal(lambda: run("no-uuid")),
            "no_template": status_of_refusal(lambda: create({"a.txt": b"a"}, data="{}")),
        }
    )
)
