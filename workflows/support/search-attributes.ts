import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributePairs } from '../../src/common/search-attributes';
import {
  type AttributeNames,
  type AttributesOnServer,
  attributesToTell,
  attributesTold,
  type AttributeValues,
  type WithAttributes,
} from '../../src/core/attributes';

/** What this workflow was started with: the namespace has these. */
export function attributesOfStart(names: AttributeNames | null): AttributesOnServer | undefined {
  const known = new Map(
    workflowInfo()
      .typedSearchAttributes.getAll()
      .map(({ key, value }) => [key.name, value instanceof Date ? value.getTime() : value]),
  );
  const told = Object.entries<string>(names ?? {})
    .filter(([, name]) => known.has(name))
    .map(([key, name]) => [key, known.get(name)]);
  return told.length > 0 ? { told: Object.fromEntries(told) as AttributesOnServer['told'] } : undefined;
}

/** Tells lists of workflows what changed. A name that the namespace does not have would fail the workflow's tasks for ever. */
export function tellAttributes<State extends WithAttributes>(
  state: State,
  names: AttributeNames | null,
  values: Partial<AttributeValues>,
): State {
  const changed = names ? attributesToTell(state, values) : {};
  if (!names || Object.keys(changed).length === 0) return state;
  upsertSearchAttributes(searchAttributePairs(names, changed));
  return attributesTold(state, changed);
}
