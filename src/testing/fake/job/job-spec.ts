import { z } from 'zod';
import { isJobId } from '../../../core/job';
import { answersSchema, type AnswerSwitches } from './answer-switches';
import { type FaultRule, faultRuleSchema } from '../faults/fault-rules';
import { timelineSchema, type TimelineStep } from './timeline';

/** A processing step of a job's workflow. */
export interface NodeSpec {
  /** @default a uuid made from the job's id */
  id?: string | undefined;
  /** @default 'partition' */
  type?: string | undefined;
  /** @default 'unstructured_api' */
  subtype?: string | undefined;
}

/** A job of the fake. Plain data except for predicates, so it can also be sent over HTTP. */
export interface JobSpec {
  /** A uuid. @default made from the seed and a counter */
  id?: string | undefined;
  /** Names of the input files, from which file ids are built as the API builds them; or exact file ids; or how many files. @default 1 */
  files?: number | (string | { fileId: string })[] | undefined;
  /** The job's nodes in order, or how many. @default 4, those of a real job */
  nodes?: number | NodeSpec[] | undefined;
  /** Statuses and how long each lasts. @default `['COMPLETED']` */
  timeline?: TimelineStep[] | undefined;
  /** When the timeline begins. `slot` is for jobs started over HTTP: their timeline begins when fewer than `slots` of them run. @default 'addJob' */
  startsAt?: 'addJob' | 'firstCheck' | 'createdAt' | 'slot' | undefined;
  /** An ISO-8601 instant or milliseconds since the epoch. @default the fake's clock at addJob */
  createdAt?: string | number | undefined;
  /** A uuid. @default made from the job's id */
  workflowId?: string | undefined;
  /** @default 'Job ' and the first eight characters of the id */
  workflowName?: string | undefined;
  /** @default 'ephemeral' */
  jobType?: string | undefined;
  /** Documents that fail, by file name or file id, and why. The job then completes with errors. @default {} */
  failedFiles?: Record<string, string> | undefined;
  /** Size of each output in bytes. Shorter JSON is padded with spaces. @default as long as its elements are */
  outputBytes?: number | undefined;
  /** Whether outputs are an array of elements, or an object as from extractor nodes. @default 'elements' */
  outputs?: 'elements' | 'object' | undefined;
  /** Fault rules, counted in checks of this job. */
  faults?: FaultRule[] | undefined;
  /** Switches of this job. They take precedence over those of the whole API. */
  answers?: AnswerSwitches | undefined;
}

export const uuid = z.custom<string>(isJobId, 'a uuid').transform((id) => id.toLowerCase());
const FILE = 'a name or { fileId }';
const fileSchema = z.union([z.string().min(1, FILE), z.strictObject({ fileId: z.string().min(1) })], FILE);
const INSTANT = 'an ISO-8601 instant or a number of milliseconds';
const nodeSchema = z.strictObject({
  id: z.string().min(1).optional(),
  type: z.string().min(1).default('partition'),
  subtype: z.string().min(1).default('unstructured_api'),
});

/** Nodes of a real job's answer. */
const USUAL_NODES = [
  { id: '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d', type: 'partition', subtype: 'unstructured_api' },
  { id: '4eb78731-4669-438c-9e2c-c76fcb1c9a52', type: 'prompter', subtype: 'openai_image_description' },
  { id: '35cacdfe-3ac1-4183-bbf4-826cd88c882c', type: 'prompter', subtype: 'anthropic_ocr' },
  { id: 'ee5d4bf2-3783-4818-9f69-9ebbaa8778ea', type: 'prompter', subtype: 'anthropic_table2html' },
] as const;

export const jobSpecSchema = z.strictObject({
  id: uuid.optional(),
  files: z.preprocess(
    (value) => (isCount(value) ? Array.from({ length: value }, (_, index) => `document-${index + 1}.pdf`) : value),
    z.array(fileSchema, 'a list of files, or how many').prefault(['document-1.pdf']),
  ),
  nodes: z.preprocess(
    (value) => (isCount(value) ? Array.from({ length: value }, (_, index) => usualNode(index)) : value),
    z.array(nodeSchema, 'a list of nodes, or how many').prefault([...USUAL_NODES]),
  ),
  timeline: timelineSchema.prefault(['COMPLETED']),
  startsAt: z.enum(['addJob', 'firstCheck', 'createdAt', 'slot']).default('addJob'),
  createdAt: z.union([z.number(), z.iso.datetime({ offset: true, local: true, error: INSTANT })], INSTANT).optional(),
  workflowId: uuid.optional(),
  workflowName: z.string().optional(),
  jobType: z.string().min(1).default('ephemeral'),
  failedFiles: z.record(z.string(), z.string()).default({}),
  outputBytes: z.int().min(0).default(0),
  outputs: z.enum(['elements', 'object']).default('elements'),
  faults: z.array(faultRuleSchema).default([]),
  answers: answersSchema.default({}),
});

export type ParsedJobSpec = z.output<typeof jobSpecSchema>;

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A node of the usual ones. Nodes beyond them get generated ids. */
function usualNode(index: number): NodeSpec {
  const { id, type, subtype } = USUAL_NODES[index % USUAL_NODES.length] as Required<NodeSpec>;
  return index < USUAL_NODES.length ? { id, type, subtype } : { type, subtype };
}
