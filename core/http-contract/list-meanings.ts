/** A Markdown list of codes and what they mean, for descriptions of the OpenAPI document. */
export function listMeanings(meanings: Record<string, string>): string {
  return Object.entries(meanings)
    .map(([code, meaning]) => `- ${code}: ${meaning}`)
    .join('\n');
}
