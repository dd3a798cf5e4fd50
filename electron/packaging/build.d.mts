export function buildApp(options?: { readonly output?: string; readonly page?: string }): Promise<string>;
