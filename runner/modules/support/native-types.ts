/** Whether `ANSIBLE_JINJA2_NATIVE` asks that words stay words, also where they say yes or no. */
export function keepsWords(environment: NodeJS.ProcessEnv = process.env): boolean {
  return /^(?:y|yes|on|1|true|t)$/i.test(environment['ANSIBLE_JINJA2_NATIVE'] ?? '')
}
