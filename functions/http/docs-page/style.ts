/** Style of the page at /docs: one column, both colour schemes, no font of its own. */
export const docsStyle = `
:root { color-scheme: light dark; --line: light-dark(#d9dde3, #343a44); --soft: light-dark(#f5f7f9, #1d2128);
  --ink: light-dark(#1c2330, #e4e8ee); --dim: light-dark(#5b6676, #9aa4b2); --accent: light-dark(#2457d6, #82aaff);
  --get: light-dark(#1a6f3c, #6fcf97); --post: light-dark(#2457d6, #82aaff); --patch: light-dark(#8a5a00, #f2c46d);
  --delete: light-dark(#b3261e, #f2958d); }
* { box-sizing: border-box; } [hidden] { display: none !important; }
body { margin: 0; background: light-dark(#fff, #14171c); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 6rem; }
h1 { margin: 0 0 .25rem; font-size: 1.75rem; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.15rem; }
h3 { margin: 1rem 0 .35rem; font-size: .8rem; color: var(--dim); text-transform: uppercase; letter-spacing: .05em; }
p { margin: .35rem 0; white-space: pre-line; } .dim { color: var(--dim); }
code, pre, textarea, input { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.token { display: flex; gap: .75rem; align-items: center; margin-top: 1.25rem; padding: .75rem 1rem;
  background: var(--soft); border: 1px solid var(--line); border-radius: 8px; }
details.operation { margin: .5rem 0; border: 1px solid var(--line); border-radius: 8px; }
details.operation > summary { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline;
  padding: .6rem 1rem; cursor: pointer; list-style: none; }
details.operation > summary::-webkit-details-marker { display: none; }
details.operation[open] > summary { border-bottom: 1px solid var(--line); background: var(--soft); }
summary:focus-visible, button:focus-visible, input:focus-visible, textarea:focus-visible {
  outline: 2px solid var(--accent); outline-offset: 2px; }
.method { min-width: 4.25rem; font: 700 12px/1.5 ui-monospace, monospace; }
.get { color: var(--get); } .post { color: var(--post); } .patch { color: var(--patch); } .delete { color: var(--delete); }
.path { font-weight: 600; overflow-wrap: anywhere; }
.inside { padding: .5rem 1rem 1rem; }
label { display: grid; grid-template-columns: 11rem 1fr; gap: .25rem .75rem; align-items: center; margin: .35rem 0; }
input, textarea { width: 100%; padding: .4rem .6rem; color: inherit; background: light-dark(#fff, #14171c);
  border: 1px solid var(--line); border-radius: 6px; }
textarea { min-height: 11rem; resize: vertical; }
button { margin-top: .75rem; padding: .45rem 1.1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: light-dark(#fff, #14171c); background: var(--accent); border: 0; border-radius: 6px; }
button:disabled { opacity: .6; cursor: progress; }
pre { margin: .35rem 0; padding: .75rem; max-height: 28rem; overflow: auto; background: var(--soft);
  border: 1px solid var(--line); border-radius: 6px; }
table { width: 100%; border-collapse: collapse; } td { padding: .2rem .75rem .2rem 0; vertical-align: top; }
td { white-space: pre-line; } td:first-child { width: 4rem; white-space: nowrap; font-weight: 600; }
@media (max-width: 40rem) { label { grid-template-columns: 1fr; } }
`;
