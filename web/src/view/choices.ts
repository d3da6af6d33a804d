/** Whom or what somebody means by a few words, for the pickers of a form. */
import { useQuery } from "@tanstack/react-query";
import { residentsQuery } from "@/api/queries";
import { choicesQuery } from "@/api/registers";
import { useScope } from "./scope";

const ENOUGH = 2;

/** Residents, masked. */
export function usePeople(words: string) {
  const { scope } = useScope();
  const query = useQuery({ ...residentsQuery(scope.lang, words), enabled: words.length >= ENOUGH });
  return query.data?.rows ?? [];
}

/** Records of another register. */
export function useChoices(register: string, words: string) {
  const { scope } = useScope();
  const query = useQuery({ ...choicesQuery(scope.lang, register, words), enabled: register !== "" });
  return query.data?.rows ?? [];
}
