/**
 * A day, or a day with its time: typed as eight digits at a desk, chosen with the telephone's own picker in the hand.
 *
 * A browser shows its own date input in the language of the browser, so that 12 March may read 03/12; at a desk it is ours.
 */
import { DatePicker, Input } from "antd";
import dayjs from "dayjs";
import { PHONE, useMedia } from "@/view/media";
import styles from "./form.module.css";

const DAY = "YYYY-MM-DD";
const MINUTE = "YYYY-MM-DDTHH:mm";
const DAY_TYPED = [DAY, "YYYYMMDD", "YYYY.M.D", "YYYY/M/D", "YYYY年M月D日"];
const MINUTE_TYPED = ["YYYY-MM-DD HH:mm", "YYYYMMDDHHmm", "YYYYMMDD HHmm"];

type Props = {
  id: string;
  value: string;
  invalid: boolean;
  timed?: boolean;
  change: (value: string | null) => void;
};

export function DayInput({ id, value, invalid, timed = false, change }: Props) {
  const phone = useMedia(PHONE);
  const format = timed ? MINUTE : DAY;
  if (phone) {
    return (
      <Input
        id={id}
        aria-invalid={invalid}
        {...(invalid ? { status: "error" as const } : {})}
        type={timed ? "datetime-local" : "date"}
        value={value.slice(0, format.length)}
        onChange={(event) => change(event.target.value || null)}
      />
    );
  }
  return (
    <DatePicker
      id={id}
      className={styles.full ?? ""}
      aria-invalid={invalid}
      {...(invalid ? { status: "error" as const } : {})}
      format={timed ? MINUTE_TYPED : DAY_TYPED}
      showTime={timed ? { format: "HH:mm" } : false}
      needConfirm={false}
      placeholder={timed ? "YYYY-MM-DD HH:mm" : DAY}
      value={value ? dayjs(value) : null}
      onChange={(day) => change(day ? day.format(format) : null)}
    />
  );
}
