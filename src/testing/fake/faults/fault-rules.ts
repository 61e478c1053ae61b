import { z } from 'zod';
import type { Duration } from '../../../common/duration';
import { type Operation, OPERATIONS } from '../support/operations';
import { durationField } from '../support/input';
import { type Fault, faultSchema, type ParsedFault } from './faults';

/**
 * Faults for some requests, applied in order. If several rules match a request, all are applied: those of the job before those of the whole
 * API.
 */
export type FaultRule = [when: When, ...faults: Fault[]];

export interface ParsedRule {
  when: Filter;
  faults: ParsedFault[];
}

/** Properties of a request that a predicate sees. */
export interface RequestSeen {
  /** Counted from 1 among the requests that the rule is for, since the rule was set. */
  index: number;
  method: string;
  path: string;
  operation?: Operation | undefined;
  jobId?: string | undefined;
  /** The job's status in its timeline. */
  jobStatus?: string | undefined;
  /** Milliseconds on the fake's clock. */
  at: number;
  /** Milliseconds since the job's timeline began; for rules of the whole API, since the fake was started. */
  elapsed: number;
}

/** Filter for the requests of a rule. All conditions must hold. */
export interface RequestFilter {
  /** The first n requests. */
  first?: number | undefined;
  /** From this request on, counted from 1. */
  from?: number | undefined;
  /** Up to and including this request. */
  to?: number | undefined;
  /** Each n-th request. */
  every?: number | undefined;
  /** From this time on, measured from the start of the job's timeline, or of the fake for rules of the whole API. */
  after?: Duration | undefined;
  /** Up to this time, exclusive. */
  until?: Duration | undefined;
  /** While the job's timeline is at this status, or at one of these. */
  status?: string | string[] | undefined;
  /** At most n times. */
  times?: number | undefined;
  /** Only this operation; others are not counted. @default 'getJob' for a job's rules, each request for those of the whole API */
  operation?: Operation | undefined;
  /** Any other condition. Works only inside this process. */
  test?: ((request: RequestSeen) => boolean) | undefined;
}

/** Which requests: the n-th (counted from 1), all, none, or those that a filter or a predicate selects. */
export type When = number | 'always' | 'never' | RequestFilter | ((request: RequestSeen) => boolean);
const count = z.int().min(1);
const predicate = z.custom<(request: RequestSeen) => boolean>((value) => typeof value === 'function', 'a function');

const filterSchema = z.strictObject(
  {
    first: z.int().min(0).optional(),
    from: count.optional(),
    to: count.optional(),
    every: count.optional(),
    after: durationField.optional(),
    until: durationField.optional(),
    status: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string())).optional(),
    times: count.optional(),
    operation: z.enum(OPERATIONS).optional(),
    test: predicate.optional(),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type' ? "a request's number from 1 on, 'always', 'never', a filter or a predicate" : undefined,
  },
);

export const whenSchema = z.preprocess((value) => {
  if (typeof value === 'number') return { from: value, to: value };
  if (typeof value === 'function') return { test: value };
  if (value === 'always') return {};
  return value === 'never' ? { first: 0 } : value;
}, filterSchema);

/** A filter with its times in milliseconds. */
export type Filter = z.output<typeof filterSchema>;

/** @param applied How often the rule has been applied so far */
export function matches(when: Filter, request: RequestSeen, applied: number): boolean {
  const { index, elapsed, jobStatus } = request;
  return (
    index <= (when.first ?? Infinity) &&
    index >= (when.from ?? 1) &&
    index <= (when.to ?? Infinity) &&
    index % (when.every ?? 1) === 0 &&
    elapsed >= (when.after ?? 0) &&
    elapsed < (when.until ?? Infinity) &&
    (when.status === undefined || (jobStatus !== undefined && when.status.includes(jobStatus))) &&
    applied < (when.times ?? Infinity) &&
    (when.test?.(request) ?? true)
  );
}

export const faultRuleSchema = z
  .tuple([whenSchema], faultSchema)
  .refine((rule) => rule.length > 1, 'a rule: when, then one or more faults, such as [2, faults.status(503)]')
  .transform(([when, ...faults]): ParsedRule => ({ when, faults }));

/** Rules with their counts. */
export class FaultRules {
  readonly #rules: { when: Filter; faults: ParsedFault[]; seen: number; applied: number }[];
  readonly #operation: Operation | undefined;

  /** @param operation The operation of rules that name none */
  constructor(rules: readonly ParsedRule[], operation?: Operation) {
    this.#rules = [];
    this.#operation = operation;
    this.add(rules);
  }

  add(rules: readonly ParsedRule[]): void {
    this.#rules.push(...rules.map((rule) => ({ ...rule, seen: 0, applied: 0 })));
  }

  clear(): void {
    this.#rules.length = 0;
  }

  /** Counts the request and returns the faults for it. */
  match(request: Omit<RequestSeen, 'index'>): ParsedFault[] {
    return this.#rules.flatMap((rule) => {
      const operation = rule.when.operation ?? this.#operation;
      if (operation !== undefined && operation !== request.operation) return [];
      rule.seen += 1;
      if (!matches(rule.when, { ...request, index: rule.seen }, rule.applied)) return [];
      rule.applied += 1;
      return rule.faults;
    });
  }
}
