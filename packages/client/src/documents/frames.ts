/** An edit, or a part of one, in base64. */
export interface UpdateBody {
  update: string
  clientId: string
  part?: number
  of?: number
}

/** The position of the edit; of a part its number; of the last part the numbers of those that did not arrive. */
export type UpdateAck = { seq: number } | { part: number; missing?: number[] }

/** Ack of `doc.join`. Where `of` is above 1, `update` is a part: the bytes of all parts together are one update. */
export interface DocumentPage {
  doc: string
  epoch: string
  seq: number
  update: string
  part?: number
  of?: number
  next?: string
}
