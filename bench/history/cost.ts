import { temporal } from '@temporalio/proto';
import { countActions } from './actions';

/** What a history holds and costs. */
export interface Cost {
  /** Bytes of the history as Temporal encodes it. */
  bytes: number;
  /** Those of them that are inputs, results and other payloads. */
  payloadBytes: number;
  events: number;
  actions: number;
}

export function measureCost(history: temporal.api.history.v1.IHistory): Cost {
  const events = history.events ?? [];
  return {
    bytes: temporal.api.history.v1.History.encode(history).finish().length,
    payloadBytes: payloadBytes(events),
    events: events.length,
    actions: countActions(events),
  };
}

/** What each check adds: two waits that differ by `checks` checks have the same fixed costs. */
export function costPerCheck(few: Cost, many: Cost, checks: number): Cost {
  return {
    bytes: (many.bytes - few.bytes) / checks,
    payloadBytes: (many.payloadBytes - few.payloadBytes) / checks,
    events: (many.events - few.events) / checks,
    actions: (many.actions - few.actions) / checks,
  };
}

function payloadBytes(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + payloadBytes(inner), 0);
}
