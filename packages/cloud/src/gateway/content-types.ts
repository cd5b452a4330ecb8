/** What `aws s3 sync` guesses from a file's name. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  avif: "image/avif",
  css: "text/css",
  gif: "image/gif",
  html: "text/html",
  ico: "image/vnd.microsoft.icon",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  map: "application/json",
  md: "text/markdown",
  mjs: "text/javascript",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  xml: "text/xml",
}

export const contentTypeOf = (file: string): string =>
  BY_EXTENSION[file.slice(file.lastIndexOf(".") + 1).toLowerCase()] ?? "binary/octet-stream"

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html */
export const isCompressible = (contentType: string): boolean =>
  /^(text\/|application\/(json|javascript|wasm|xml|manifest\+json)|image\/svg\+xml)/.test(contentType)
