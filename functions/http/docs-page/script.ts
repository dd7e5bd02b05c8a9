/** Script of the page at /docs. In the browser it draws /openapi.json and sends what the reader fills in. */
export const docsScript = String.raw`
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const examples = {
  'submit-task': { type: 'semantic_analysis', data: { text: 'The new release is a delight to use.' } },
  'submit-batch': { tasks: [
    { type: 'translation', prompt: 'Into German', data: { text: 'Good morning' } },
    { type: 'text_summarization', data: { text: 'A long text.' }, priority: 'low' },
  ] },
  'reprioritize-task': { priority: 'high' },
  'process-sync': { type: 'custom', prompt: 'Name three rivers.' },
  'process-stream': { type: 'custom', prompt: 'Name three rivers.' },
  'create-chat-completion': { model: 'auto', messages: [{ role: 'user', content: 'Name three rivers.' }] },
  'create-embeddings': { model: 'auto', input: 'Good morning' },
};
// Markdown is shown as plain text.
const plain = (text) => text.replaceAll('\x60', '').replaceAll('**', '');
const token = document.querySelector('#token');
token.value = sessionStorage.getItem('token') ?? '';
token.addEventListener('input', () => sessionStorage.setItem('token', token.value));

const field = (parameter) => {
  const text = plain(parameter.description ?? '');
  const input = make('input', { name: parameter.name, 'data-in': parameter.in, placeholder: text });
  return make('label', { title: text }, make('code', {}, parameter.name + (parameter.required ? ' *' : '')), input);
};

const send = async (form, path, method, output) => {
  const headers = {}, query = new URLSearchParams();
  if (token.value) headers.authorization = 'Bearer ' + token.value;
  let url = path;
  for (const { name, value, dataset } of form.querySelectorAll('input')) {
    if (dataset.in === 'path') url = url.replace('{' + name + '}', encodeURIComponent(value));
    else if (value && dataset.in === 'query') query.set(name, value);
    else if (value && dataset.in === 'header') headers[name] = value;
  }
  // Left empty, none is sent.
  const body = form.querySelector('textarea')?.value || undefined;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const answer = await fetch(url + (query.size ? '?' + query : ''), { method: method.toUpperCase(), headers, body });
  const text = await answer.text();
  let shown = text;
  try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch {}
  const interesting = ['location', 'retry-after', 'x-request-id'].filter((name) => answer.headers.has(name));
  const lines = interesting.map((name) => name + ': ' + answer.headers.get(name));
  output.textContent = [answer.status + ' ' + answer.statusText, ...lines, '', shown].join('\n');
};

const drawForm = (path, method, operation) => {
  const form = make('form');
  const parameters = operation.parameters ?? [];
  if (parameters.length) form.append(make('h3', {}, 'Parameters'), ...parameters.map(field));
  if (operation.requestBody) {
    const area = make('textarea', { spellcheck: 'false', 'aria-label': 'Body' });
    area.value = JSON.stringify(examples[operation.operationId] ?? {}, null, 2);
    form.append(make('h3', {}, 'Body'), area);
  }
  const button = make('button', {}, 'Send');
  const output = make('pre', { hidden: '', 'aria-live': 'polite' });
  form.append(button, output);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    output.hidden = false;
    try { await send(form, path, method, output); } catch (error) { output.textContent = String(error); }
    button.disabled = false;
  });
  return form;
};

const drawSchemas = (document_, operation) => {
  const found = new Map();
  const collect = (value) => {
    if (value === null || typeof value !== 'object') return;
    const name = value.$ref?.match(/^#\/components\/schemas\/(\w+)$/)?.[1];
    if (name && !found.has(name)) { found.set(name, document_.components.schemas[name]); collect(found.get(name)); }
    Object.values(value).forEach(collect);
  };
  collect(operation.requestBody); collect(operation.responses);
  return [...found].map(([name, schema]) =>
    make('details', {}, make('summary', {}, make('code', {}, name)), make('pre', {}, JSON.stringify(schema, null, 2))));
};

const drawHeaders = (operation) => {
  const rows = operation.parameters.map(({ name, description }) =>
    make('tr', {}, make('td', {}, make('code', {}, name)), make('td', {}, plain(description))));
  return [make('h3', {}, 'Headers'), make('table', {}, ...rows)];
};

const drawOperation = (document_, { path, method, operation, isWebhook }) => {
  const rows = Object.entries(operation.responses).map(([status, answer]) =>
    make('tr', {}, make('td', {}, status), make('td', {}, plain(answer.description))));
  const draw = () => [
    ...(operation.description ? [make('p', {}, plain(operation.description))] : []),
    ...(operation.security?.length === 0 && !isWebhook ? [make('p', { class: 'dim' }, 'Needs no token.')] : []),
    ...(isWebhook ? drawHeaders(operation) : [drawForm(path, method, operation)]),
    make('h3', {}, 'Answers'), make('table', {}, ...rows),
    make('h3', {}, 'Schemas'), ...drawSchemas(document_, operation),
  ];
  const inside = make('div', { class: 'inside' });
  const block = make('details', { class: 'operation', id: operation.operationId },
    make('summary', {}, make('span', { class: 'method ' + method }, method.toUpperCase()),
      make('code', { class: 'path' }, isWebhook ? 'your callback_url' : path), make('span', { class: 'dim' }, operation.summary)), inside);
  block.addEventListener('toggle', () => { if (block.open && !inside.hasChildNodes()) inside.append(...draw()); });
  if (location.hash === '#' + operation.operationId) block.open = true;
  return block;
};

const draw = async () => {
  const document_ = await (await fetch('openapi.json')).json();
  document.querySelector('#version').textContent = document_.info.version;
  document.querySelector('#description').textContent = plain(document_.info.description);
  document.querySelector('.token').hidden = !document_.components.securitySchemes;
  const listOperations = (paths, isWebhook) => Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation, isWebhook })));
  const operations = [...listOperations(document_.paths, false), ...listOperations(document_.webhooks, true)];
  for (const { name } of document_.tags) {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    document.querySelector('#operations').append(make('h2', {}, name),
      ...own.map((each) => drawOperation(document_, each)));
  }
};
draw().catch((error) => { document.querySelector('#description').textContent = String(error); });
`;
