/** Fills an access log format: `$context.a.b` becomes its value or `-`: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
export const accessLine = (format: string, context: Record<string, string | number | undefined>): string =>
  format.replace(/\$context\.([\w.]+)/g, (_, name: string) => String(context[name] ?? "-"))
