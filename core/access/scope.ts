/**
 * What a token allows. `submit`: to give work, change and cancel it. `read`: to see the tenant's own tasks, events and totals.
 * `operate`: to see the whole service, such as how its providers are doing.
 */
export const scopes = ['submit', 'read', 'operate'] as const;
export type Scope = (typeof scopes)[number];
