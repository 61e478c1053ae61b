import { z } from 'zod';
import type { Duration } from '../../../common/duration';
import { withoutUndefined } from '../../../core/values';
import { type ParsedRule, type When, whenSchema } from '../faults/fault-rules';
import { type Fault, faults, faultSchema } from '../faults/faults';
import { durationField } from '../support/input';

/**
 * What the real API leaves open or was seen to vary in. Settable for the whole API and for each job, which has the last word.
 * The windows (`earlyNotFound` and the like) are counted for each job by its own.
 */
export interface AnswerSwitches {
  /**
   * Whether `created_at` ends in `Z`. Without any offset it means UTC; `'startOnly'`: with it where it answers a start, without it later, as all
   * real answers were seen. @default 'startOnly'
   */
  createdAtOffset?: boolean | 'startOnly' | undefined;
  /**
   * `output_node_files`: in each answer, null, absent, or filled only in the answers before the job is terminal. It is null, too, where a
   * file's name has 240 characters or more, as real answers were seen. @default 'always'
   */
  outputNodeFiles?: 'always' | 'null' | 'absent' | 'nullOnceTerminal' | 'absentOnceTerminal' | undefined;
  /** `input_file_ids`. @default 'always' */
  inputFileIds?: 'always' | 'null' | 'absent' | undefined;
  /**
   * Order of the files in `input_file_ids` and in `output_node_files`, where each file's nodes stay together and in theirs: as they were
   * given or uploaded, or for each list another one, the same in every answer about the job. @default 'given'
   */
  fileOrder?: 'given' | 'shuffled' | undefined;
  /** Whether output node files tell `node_type` and `node_subtype`; older servers don't. @default true */
  nodeTypes?: boolean | undefined;
  /** `job_type`, which older answers lack. @default 'always' */
  jobType?: 'always' | 'absent' | undefined;
  /** `runtime`: `PT0S` once terminal and null before, as it was seen; always null; or absent. @default 'zero' */
  runtime?: 'zero' | 'null' | 'absent' | undefined;
  /** Fields that no document names: true for some, or the fields. @default false */
  extraFields?: boolean | Record<string, unknown> | undefined;
  /** Name of the header with the request's id, or null for none. @default 'x-request-id' */
  requestIdHeader?: string | null | undefined;
  /** How long a new job is missing from lists. @default 0 */
  listLag?: Duration | undefined;
  /** How long the outputs of a job that is COMPLETED are missing. @default 0 */
  outputLag?: Duration | undefined;
  /** How long the details of a job that is over still say `IN_PROGRESS`, and no failed file is named. @default 0 */
  detailsLag?: Duration | undefined;
  /**
   * How long a running job's files take at each node, one node after the other, as its details count them; past the last node they stand
   * still. 0 is at all nodes at once, and still. @default 0
   */
  nodeTakes?: Duration | undefined;
  /** What a cancel of a job that is over answers. @default 200 */
  cancelOfFinished?: 200 | 404 | 409 | undefined;
  /** Whether a cancel stops a job, after `cancelTakes`; a job that ends by itself before that ends as it would have. @default 'stops' */
  cancelEffect?: 'stops' | 'nothing' | undefined;
  /** @default 0 */
  cancelTakes?: Duration | undefined;
  /** Whether a download without a node gives the last node's output, or 404. @default 'lastNode' */
  finalOutput?: 'lastNode' | 'notFound' | undefined;
  /** How failed files name their document. @default 'name' */
  failedFileNames?: 'name' | 'fileId' | 'path' | undefined;
  /** Whether answers are compressed for clients that accept it. @default true */
  gzip?: boolean | undefined;
  /** Checks answered with 404 "Job not found", as if the job were not there yet. @default 'never' */
  earlyNotFound?: When | undefined;
  /** Checks answered with a 404 that is not the API's. @default 'never' */
  gatewayNotFound?: When | undefined;
  /** Body of those: an HTML page, or JSON `{"detail":"Not Found"}`. @default 'html' */
  gatewayNotFoundBody?: 'html' | 'json' | undefined;
  /** Checks whose key is refused with 401. @default 'never' */
  keyRefused?: When | undefined;
  /** Checks that answer a status that no document names. @default 'never' */
  unknownStatus?: When | undefined;
  /** That status. @default 'PAUSED' */
  unknownStatusText?: string | undefined;
}

export const answersSchema = z.strictObject({
  createdAtOffset: z.union([z.boolean(), z.literal('startOnly')], "true, false or 'startOnly'").optional(),
  outputNodeFiles: z.enum(['always', 'null', 'absent', 'nullOnceTerminal', 'absentOnceTerminal']).optional(),
  inputFileIds: z.enum(['always', 'null', 'absent']).optional(),
  fileOrder: z.enum(['given', 'shuffled']).optional(),
  nodeTypes: z.boolean().optional(),
  jobType: z.enum(['always', 'absent']).optional(),
  runtime: z.enum(['zero', 'null', 'absent']).optional(),
  extraFields: z.union([z.boolean(), z.record(z.string(), z.unknown())], 'true, false or the fields').optional(),
  requestIdHeader: z.string().min(1).nullable().optional(),
  listLag: durationField.optional(),
  outputLag: durationField.optional(),
  detailsLag: durationField.optional(),
  nodeTakes: durationField.optional(),
  cancelOfFinished: z.union([z.literal(200), z.literal(404), z.literal(409)]).optional(),
  cancelEffect: z.enum(['stops', 'nothing']).optional(),
  cancelTakes: durationField.optional(),
  finalOutput: z.enum(['lastNode', 'notFound']).optional(),
  failedFileNames: z.enum(['name', 'fileId', 'path']).optional(),
  gzip: z.boolean().optional(),
  earlyNotFound: whenSchema.optional(),
  gatewayNotFound: whenSchema.optional(),
  gatewayNotFoundBody: z.enum(['html', 'json']).optional(),
  keyRefused: whenSchema.optional(),
  unknownStatus: whenSchema.optional(),
  unknownStatusText: z.string().min(1).optional(),
});

type Switches = z.output<typeof answersSchema>;

/** Switches with nothing left open. */
export type ParsedAnswers = { [K in keyof Switches]-?: Exclude<Switches[K], undefined> };

const NEVER = { first: 0 };

const DEFAULTS: Readonly<ParsedAnswers> = Object.freeze({
  createdAtOffset: 'startOnly',
  outputNodeFiles: 'always',
  inputFileIds: 'always',
  fileOrder: 'given',
  nodeTypes: true,
  jobType: 'always',
  runtime: 'zero',
  extraFields: false,
  requestIdHeader: 'x-request-id',
  listLag: 0,
  outputLag: 0,
  detailsLag: 0,
  nodeTakes: 0,
  cancelOfFinished: 200,
  cancelEffect: 'stops',
  cancelTakes: 0,
  finalOutput: 'lastNode',
  failedFileNames: 'name',
  gzip: true,
  earlyNotFound: NEVER,
  gatewayNotFound: NEVER,
  gatewayNotFoundBody: 'html',
  keyRefused: NEVER,
  unknownStatus: NEVER,
  unknownStatusText: 'PAUSED',
});

/** The defaults under the given switches, of which later ones win. */
export function mergeAnswers(...layers: Switches[]): ParsedAnswers {
  return Object.assign({}, DEFAULTS, ...layers.map(withoutUndefined)) as ParsedAnswers;
}

/** The windows among the switches, as the rules that they stand for. */
export function answerRules(answers: ParsedAnswers): ParsedRule[] {
  const rule = (when: ParsedRule['when'], fault: Fault): ParsedRule => ({ when, faults: [faultSchema.parse(fault)] });
  return [
    rule(answers.unknownStatus, faults.patch({ set: { status: answers.unknownStatusText } })),
    rule(answers.earlyNotFound, faults.status(404)),
    rule(answers.keyRefused, faults.status(401)),
    rule(
      answers.gatewayNotFound,
      answers.gatewayNotFoundBody === 'html'
        ? faults.html({ status: 404 })
        : faults.status(404, { body: { detail: 'Not Found' } }),
    ),
  ];
}
