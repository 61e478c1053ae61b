import type { HistoryEvent } from '../../support/histories';

/** What an event carries, under its short name. */
type Attributes<K extends keyof HistoryEvent> = NonNullable<HistoryEvent[K]>;

/** The attributes of every event of one kind, in order. */
export function attributesOf<K extends keyof HistoryEvent>(events: readonly HistoryEvent[], kind: K): Attributes<K>[] {
  return events.flatMap((event) => {
    const attributes = event[kind];
    return attributes ? [attributes] : [];
  });
}

/** Size of an event as the server stores it, roughly: its payloads. */
export function payloadBytes(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + payloadBytes(inner), 0);
}
