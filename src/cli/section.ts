import type { Paint } from './view/text';

/** A part of the result, under its title. */
export function renderSection(title: string, text: string, paint: Paint): string {
  return `${paint.bold(title)}\n${text}`;
}
