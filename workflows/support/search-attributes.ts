import { log, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributePairs } from '../../src/common/search-attributes';
import {
  type AttributeNames,
  type AttributesOnServer,
  attributesToSet,
  attributesSet,
  type AttributeValues,
  withAttributes,
  type WithAttributes,
} from '../../src/core/attributes';
import { ATTRIBUTE_TYPES } from '../../src/core/names';
import type { ReportedBack } from './reported-back';

/** The search attributes that this workflow was started with. The namespace has these. An attribute of another type is not the one that is meant. */
export function attributesOfStart(names: AttributeNames | null): AttributesOnServer | undefined {
  const started = workflowInfo().typedSearchAttributes.getAll();
  const atStart = Object.entries(names ?? {}).flatMap(([key, name]) => {
    const type = ATTRIBUTE_TYPES[key as keyof AttributeNames].toUpperCase();
    const pair = started.find((one) => one.key.name === name && one.key.type === type);
    return pair ? [[key, pair.value instanceof Date ? pair.value.getTime() : pair.value]] : [];
  });
  return atStart.length > 0 ? { set: Object.fromEntries(atStart) as AttributesOnServer['set'] } : undefined;
}

/** Sets the search attributes that changed. A name that the namespace lacks would fail the workflow's tasks forever. */
export function upsertAttributes<State extends WithAttributes>(
  state: State,
  names: AttributeNames | null,
  values: Partial<AttributeValues>,
): State {
  const changed = names ? attributesToSet(state, values) : {};
  if (!names || Object.keys(changed).length === 0) return state;
  upsertSearchAttributes(searchAttributePairs(names, changed));
  return attributesSet(state, changed);
}

/** Records what an activity reported about the search attributes. An error is logged once, and the workflow continues. */
export function noteAttributesError<State extends WithAttributes>(
  state: State,
  attributesError: ReportedBack['attributesError'],
  meta: object = {},
): State {
  if (attributesError === undefined) return state;
  if (attributesError !== null && state.attributes?.error !== attributesError)
    log.warn('Search attributes cannot be set', { ...meta, attributesError });
  return withAttributes(state, attributesError);
}
