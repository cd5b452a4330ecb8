// One file per operation; together they share the time that the SDK takes to load.
import "./s3/abort-multipart-upload.ts"
import "./s3/complete-multipart-upload.ts"
import "./s3/create-multipart-upload.ts"
import "./s3/list-multipart-uploads.ts"
import "./s3/list-parts.ts"
import "./s3/upload-part-copy.ts"
import "./s3/upload-part.ts"
