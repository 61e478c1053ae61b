import { z } from 'zod';
import { faultSchema, type ParsedFault } from '../fault-schema';
import type { Fault } from './faults';
import type { Operation } from '../api/operations';
import { matches, whenSchema, type Filter, type RequestSeen, type When } from '../when';

/** Faults for some requests, applied in order. Where several rules match one request, all are applied: a job's before the whole API's. */
export type FaultRule = [when: When, ...faults: Fault[]];

export interface ParsedRule {
  when: Filter;
  faults: ParsedFault[];
}

export const faultRuleSchema = z
  .tuple([whenSchema], faultSchema)
  .refine((rule) => rule.length > 1, 'a rule is when, then one or more faults, like [2, faults.status(503)]')
  .transform(([when, ...faults]): ParsedRule => ({ when, faults }));

/** Rules with their counts. */
export class FaultRules {
  readonly #rules: { when: Filter; faults: ParsedFault[]; seen: number; applied: number }[];
  readonly #operation: Operation | undefined;

  /** @param operation What the rules are for where they don't say */
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
