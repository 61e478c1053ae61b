/** Fails if a link of the built site leads to a page or a heading that is not there. Run after the build, which checks pages alone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'node-html-parser';

const DIST = fileURLToPath(new URL('../.vitepress/dist', import.meta.url));
const ORIGIN = 'https://site.invalid';

const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
const pages = new Map(files.map((name) => [addressOf(name), parse(readFileSync(join(DIST, name), 'utf8'))]));
const idsOf = new Map([...pages].map(([at, page]) => [at, new Set(page.querySelectorAll('[id]').map(({ id }) => id))]));

let links = 0;
const dead = [];
for (const [at, page] of pages) {
  for (const link of page.querySelectorAll('.vp-doc a[href], .VPHome a[href]')) {
    const to = new URL(link.getAttribute('href'), new URL(at, ORIGIN));
    if (to.origin !== ORIGIN) continue;
    links += 1;
    if (extname(to.pathname) !== '' && existsSync(join(DIST, to.pathname))) continue; // a file, such as a picture
    const ids = idsOf.get(to.pathname.replace(/\.html$/, ''));
    const id = decodeURIComponent(to.hash.slice(1));
    if (ids === undefined || (id !== '' && !ids.has(id))) dead.push(`${at} -> ${to.pathname}${to.hash}`);
  }
}
for (const text of dead) console.error(`Dead link: ${text}`);
console.log(`${links} links on ${pages.size} pages, ${dead.length} dead`);
if (links === 0 || dead.length > 0) process.exitCode = 1;

/** `on-call.html` is at `/on-call`, `reference/index.html` at `/reference/`. */
function addressOf(name) {
  const path = relative(DIST, join(DIST, name)).replaceAll('\\', '/');
  return `/${path.replace(/\.html$/, '').replace(/(^|\/)index$/, '$1')}`;
}
