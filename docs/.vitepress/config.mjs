import { existsSync, readFileSync } from 'node:fs';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';

const SIDEBAR = [
  {
    text: 'Start',
    items: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'On the command line', link: '/command-line' },
      { text: 'Replacing a loop', link: '/replacing-a-loop' },
      { text: 'Testing', link: '/testing' },
    ],
  },
  {
    text: 'Guide',
    items: [
      { text: 'Waiting for a job', link: '/waiting' },
      { text: 'Documents to files', link: '/documents' },
      { text: 'Many documents', link: '/many-documents' },
      { text: 'S3 and other storage', link: '/storage' },
      { text: 'Started once', link: '/started-once' },
      { text: 'Webhooks', link: '/webhooks' },
      { text: 'Other languages', link: '/other-languages' },
    ],
  },
  {
    text: 'Operate',
    items: [
      { text: 'Production', link: '/production' },
      { text: 'On call', link: '/on-call' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
      { text: 'Security', link: '/security' },
    ],
  },
  {
    text: 'Look up',
    items: [
      { text: 'Words', link: '/words' },
      { text: 'Plugin and client', link: '/configuration' },
      { text: 'Results and progress', link: '/results' },
      { text: 'Failures', link: '/failures' },
      { text: 'Import paths', link: '/import-paths' },
      { text: 'Bundlers and runtimes', link: '/runtimes' },
      { text: 'Compatibility', link: '/compatibility' },
      { text: 'Changes', link: '/changes' },
      { text: 'Reference', link: '/reference/' },
    ],
  },
];

/** Written by TypeDoc before each build. */
const REFERENCE = new URL('../reference/typedoc-sidebar.json', import.meta.url);

export default defineConfig({
  title: 'temporal-unstructured',
  description: 'Run Unstructured document jobs durably from Temporal, in TypeScript.',
  base: process.env['DOCS_BASE'] ?? '/',
  cleanUrls: true,
  // Headings have the same anchors as on GitHub.
  markdown: { anchor: { slugify: (text) => slug(text) }, theme: { light: 'github-light', dark: 'github-dark' } },
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'On call', link: '/on-call' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
      { text: 'Reference', link: '/reference/' },
    ],
    sidebar: {
      '/reference/': [
        { text: 'Guide', link: '/quick-start' },
        { text: 'Reference', items: existsSync(REFERENCE) ? JSON.parse(readFileSync(REFERENCE, 'utf8')) : [] },
      ],
      '/': SIDEBAR,
    },
    outline: [2, 3],
    search: { provider: 'local' },
  },
});
