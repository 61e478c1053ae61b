import { randomUUID } from 'node:crypto';
import { activityInfo, heartbeat } from '@temporalio/activity';
import { otherBatch } from '../../src/core/batch/join';
import { invalidInput } from '../../src/core/errors';
import type { BatchPlan, PlanAnswer, PlanRequest } from '../../src/core/batch/plan';
import type { PlannedDocument } from '../../src/core/batch/records';
import { JobSplitter } from '../../src/core/batch/split';
import { shownReference } from '../../src/core/reference';
import { isUnique } from '../../src/core/run/output-names';
import { acknowledgedHeartbeat } from '../support/acknowledged-heartbeat';
import { type DocumentPage, documentPages, type DocumentsPort, withDistinctPaths } from './documents';
import { KnownContents } from './known-contents';
import { BatchRecords } from './records';
import { settledJobs } from './settled';

/** What an attempt leaves to the next: how far its listing came, and what it made of that. */
interface PlanMemory {
  after: string;
  plan: BatchPlan;
  /** Documents of the job that is not full yet. */
  open: PlannedDocument[];
}

/** Longest time until Temporal has to take the heartbeat before the plan is written, in milliseconds. */
const LONGEST_HEARTBEAT_MS = 10_000;

/** Most jobs of a batch: their number is carried by what continues as new, and told by each heartbeat. */
const MOST_JOBS = 50_000;

/** One attempt to plan a batch. */
export class Planner {
  readonly #storage: DocumentsPort;
  readonly #request: PlanRequest;
  readonly #before: PlanMemory | undefined;
  readonly #splitter: JobSplitter;
  #plan: BatchPlan;
  /** What heartbeats tell. */
  memory: PlanMemory | undefined;

  constructor(storage: DocumentsPort, request: PlanRequest) {
    this.#storage = storage;
    this.#request = request;
    this.#before = (activityInfo().heartbeatDetails ?? request.memory) as PlanMemory | undefined;
    this.memory = this.#before;
    this.#splitter = new JobSplitter(request, this.#before?.open);
    this.#plan = structuredClone(this.#before?.plan) ?? beginPlan(request);
  }

  /**
   * The plan of this key: the one that is there, or a new one. A plan is there once all of its parts are.
   * @throws ApplicationFailure `UnstructuredValidationError` where the one that is there is another one
   */
  async run(signal: AbortSignal): Promise<PlanAnswer> {
    const records = BatchRecords.of(this.#storage, this.#request, signal);
    const there = await this.#found(records);
    if (there) return { plan: there, settled: await settledJobs(records, there, signal) };
    await this.#split(records, signal);
    // Another attempt may have taken the place of this one, and its plan may be carried out.
    const meanwhile = await this.#found(records);
    if (meanwhile) return { plan: meanwhile, settled: null };
    await acknowledgedHeartbeat(this.memory, LONGEST_HEARTBEAT_MS, 'the plan was written');
    await records.writePlan(this.#plan);
    return { plan: this.#plan, settled: null };
  }

  async #found(records: BatchRecords): Promise<BatchPlan | undefined> {
    const { digest, key } = this.#request;
    const there = await records.plan();
    if (!there || there.digest === digest) return there;
    throw otherBatch(key);
  }

  async #split(records: BatchRecords, signal: AbortSignal): Promise<void> {
    const { unlessIn } = this.#request;
    const known = unlessIn === undefined ? null : await KnownContents.read(this.#storage, unlessIn, signal);
    for await (const { documents, leftOut, last } of this.#pages(signal)) {
      this.#leaveOut(leftOut);
      for (const document of documents) {
        if (known?.has(document)) this.#leaveOut({ unchanged: 1 });
        else await this.#take(records, this.#splitter.add(document));
      }
      if (last !== undefined) this.#remember(last);
    }
    await this.#take(records, this.#splitter.close());
  }

  /** Where outputs have names by a template, all documents are seen before the first is planned: names of several jobs may clash. */
  #pages(signal: AbortSignal): AsyncIterable<DocumentPage> {
    const { name } = this.#request;
    const pages = documentPages(this.#storage, this.#request, signal, this.#before?.after);
    return name === undefined || isUnique(name) ? pages : withDistinctPaths(pages, name);
  }

  #leaveOut(counts: Record<string, number>): void {
    const leftOut = { ...this.#plan.leftOut };
    for (const [reason, count] of Object.entries(counts)) leftOut[reason] = (leftOut[reason] ?? 0) + count;
    this.#plan = { ...this.#plan, leftOut };
  }

  async #take(records: BatchRecords, documents: PlannedDocument[] | null): Promise<void> {
    if (!documents) return;
    const { id, jobs } = this.#plan;
    if (jobs === MOST_JOBS) throw tooMany();
    await records.writePlanned(id, jobs + 1, documents);
    this.#plan = {
      ...this.#plan,
      jobs: jobs + 1,
      documents: this.#plan.documents + documents.length,
    };
    this.#plan.sizes.push(documents.length);
  }

  /** References that may hold a secret stand in no heartbeat: such a listing begins anew. */
  #remember(after: string): void {
    const open = [...this.#splitter.open];
    const mayShow = (text: string) => shownReference(text) === text;
    if (!mayShow(after) || !open.every(({ ref }) => mayShow(ref))) return;
    this.memory = { after, plan: structuredClone(this.#plan), open };
    heartbeat(this.memory);
  }
}

function beginPlan({ digest }: PlanRequest): BatchPlan {
  return { version: 1, id: randomUUID(), digest, jobs: 0, documents: 0, sizes: [], leftOut: {} };
}

function tooMany(): Error {
  return invalidInput(
    `The documents need more than ${MOST_JOBS} jobs, which is the most of a batch: split them among several keys, such as by folder.`,
  );
}
