// Starts Swagger UI on /openapi.json: https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/

interface SwaggerRequest {
  headers: Record<string, string>;
}
interface SwaggerUi {
  preauthorizeApiKey(scheme: string, token: string): void;
}
interface SwaggerUiOptions {
  url: string;
  domNode: Element | null;
  deepLinking: boolean;
  defaultModelsExpandDepth: number;
  displayRequestDuration: boolean;
  filter: boolean;
  tryItOutEnabled: boolean;
  validatorUrl: null;
  plugins: (() => { components: Record<string, (properties: { text: string }) => string> })[];
  onComplete: () => void;
  requestInterceptor: (request: SwaggerRequest) => SwaggerRequest;
}
declare const SwaggerUIBundle: (options: SwaggerUiOptions) => SwaggerUi;

const dark = matchMedia('(prefers-color-scheme: dark)');
const followColours = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followColours);
followColours();

/** What Swagger UI leaves out, by the elements that lack it: names, landmarks, an order of headings. */
const additions = [
  ['#servers', 'aria-label', 'Server'],
  ['textarea.body-param__text', 'aria-label', 'Body'],
  ['.information-container', 'role', 'region'],
  ['.information-container', 'aria-label', 'About'],
  ['.scheme-container', 'role', 'region'],
  ['.scheme-container', 'aria-label', 'Authorization'],
  ['.filter-container', 'role', 'search'],
  ['.models > h4', 'aria-level', '2'],
  ['.close-modal', 'aria-label', 'Close'],
  // Whose text is another.
  ['.auth-btn-wrapper [aria-label="Apply credentials"]', 'aria-label', 'Authorize'],
  ['[id^="operations-webhooks"] h4', 'aria-level', '3'],
] as const;
function add(): void {
  const set = (element: Element, name: string, value: string) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  for (const [selector, name, value] of additions)
    for (const element of document.querySelectorAll(selector)) set(element, name, value);
  for (const element of document.querySelectorAll('.responses-table[role]'))
    set(element, 'aria-label', `Answers of ${element.id}`);
}
let isDue = false;
new MutationObserver(() => {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    add();
  });
}).observe(document, { childList: true, subtree: true });

/** Of this tab alone, and gone with it. */
const tokenKey = 'llm-service-docs-token';

const ui = SwaggerUIBundle({
  url: 'openapi.json',
  domNode: document.querySelector('#docs'),
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  // The path of an operation lies in the button that opens it, where a link would be none for keyboards.
  plugins: [() => ({ components: { DeepLink: ({ text }) => text } })],
  // No badge of another host.
  validatorUrl: null,
  onComplete: () => {
    const token = sessionStorage.getItem(tokenKey);
    if (token !== null) ui.preauthorizeApiKey('bearer', token);
  },
  requestInterceptor: (request) => {
    const token = /^Bearer (.+)$/.exec(request.headers.Authorization ?? '')?.[1];
    if (token !== undefined) sessionStorage.setItem(tokenKey, token);
    return request;
  },
});
