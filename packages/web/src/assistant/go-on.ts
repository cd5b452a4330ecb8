/** What continues an answer that broke off: a question like any other, with the half answer before it in the same conversation. */
export const GO_ON = "Go on where your answer broke off."
