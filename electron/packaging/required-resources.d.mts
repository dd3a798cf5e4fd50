export function missingResources(root: string, platform: string, architecture: string): string[];
