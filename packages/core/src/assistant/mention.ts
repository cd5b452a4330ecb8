export const answerMention = async (_: { room: string; text: string }): Promise<void> => {}
