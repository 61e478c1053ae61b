// What the README and the page on loops say of a watched wait is what the bench computes.
import { expect, test } from 'vitest';
import { costOf, stepsWatched } from '../../bench/watch/actions';
import { allPages, readPage } from '../support/pages';
import { tablesBelow } from '../support/fields';

const HOUR_S = 3_600;
const LOOP = { gapS: 10, eventsPerCheck: 11, actionsPerCheck: 2 };

const [, README = ''] = allPages().find(([path]) => path === 'README.md') ?? [];
const [OF_README = []] = tablesBelow(README, 'Why not a loop');
const [OF_PAGE = []] = tablesBelow(readPage('replacing-a-loop'), 'Why not a loop');
const [OF_BATCH = []] = tablesBelow(readPage('many-documents'), 'What a batch costs');

function watched(seconds: number) {
  const statuses: [string, number][] = [
    ['SCHEDULED', 20_000],
    ['IN_PROGRESS', seconds * 1_000 - 20_000],
  ];
  return costOf(stepsWatched({ statuses }, { tickMs: 10_000, noticedMs: 10_000, random: 1 }));
}

/** The numbers of a row's cells, without its name. */
function numbersOf(rows: string[][], name: string): number[] {
  const [, ...cells] = rows.find(([first]) => first === name) ?? [];
  return cells.map((cell) => Number(/[\d,]+/.exec(cell)?.[0].replace(',', '')));
}

test('the README tells the figures of a job of an hour', () => {
  const checks = HOUR_S / LOOP.gapS;
  const { actions, events } = watched(HOUR_S);
  expect(numbersOf(OF_README, 'checks')[0]).toBe(checks);
  expect(numbersOf(OF_README, 'history events')).toEqual([checks * LOOP.eventsPerCheck, Math.round(events / 10) * 10]);
  expect(numbersOf(OF_README, 'billed actions')).toEqual([checks * LOOP.actionsPerCheck, actions]);
});

test('the page on loops tells the same of a loop', () => {
  expect(numbersOf(OF_PAGE, 'checks in the first hour')[0]).toBe(HOUR_S / LOOP.gapS);
  expect(numbersOf(OF_PAGE, 'history events')[0]).toBe(LOOP.eventsPerCheck);
  expect(numbersOf(OF_PAGE, 'billed actions')[0]).toBe(LOOP.actionsPerCheck);
});

test('the page on batches tells what the runs of its jobs cost: the wait, and four activities more', () => {
  const costs = [300, HOUR_S, 24 * HOUR_S].map((seconds) => watched(seconds).actions + 4);
  const told = OF_BATCH.map(([, cost = '']) => Number(/\d+/.exec(cost)?.[0]));
  expect(told).toHaveLength(costs.length);
  for (const [index, cost] of costs.entries()) expect(Math.abs(told[index]! - cost)).toBeLessThanOrEqual(5);
});
