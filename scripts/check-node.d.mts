export declare const programs: Record<string, string> & { version: string };
export declare function checkNode(modules: string, system?: string): string | undefined;
