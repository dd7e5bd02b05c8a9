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
  onComplete: () => void;
  requestInterceptor: (request: SwaggerRequest) => SwaggerRequest;
}
declare const SwaggerUIBundle: (options: SwaggerUiOptions) => SwaggerUi;

const dark = matchMedia('(prefers-color-scheme: dark)');
const followColours = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followColours);
followColours();

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
