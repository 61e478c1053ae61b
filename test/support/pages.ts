import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tablesBelow } from './fields';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, 'docs');

/** The text of a page of the documentation, by the page's name. */
export function readPage(name: string): string {
  return readFileSync(join(FOLDER, `${name}.md`), 'utf8');
}

/** The README and every page of the documentation, with their paths from the root. */
export function allPages(): [path: string, text: string][] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
  return ['README.md', ...names.map((name) => `docs/${name}`)].map((path) => [
    path,
    readFileSync(join(ROOT, path), 'utf8'),
  ]);
}

/** Rows of the last table of a page below a heading, cells without code marks. */
export function tableOf(page: string, heading: string): string[][] {
  const rows = tablesBelow(readPage(page), heading).at(-1) ?? [];
  return rows.map((row) => row.map((cell) => cell.replaceAll('`', '').trim()));
}

/** The code blocks of a page in one language, without their titles in tabs. */
export function codeBlocks(text: string, language: string): string[] {
  const blocks = new RegExp(`^\`\`\`${language}(?: \\[[^\\]]*\\])?\\n([\\s\\S]*?)^\`\`\``, 'gm');
  return [...text.matchAll(blocks)].map(([, code = '']) => code);
}
