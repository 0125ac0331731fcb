/**
 * Names of the months, a line each, without marks: English, German, French, Spanish, Italian, Dutch, Portuguese, Danish,
 * Norwegian, Swedish, Finnish, Polish, Czech, Slovak, Croatian, Slovene, Hungarian, Romanian, Turkish, Greek, Russian,
 * Ukrainian, as far as they differ.
 */
export const monthNames = `
january januar janvier janner enero gennaio januari janeiro tammikuu styczen stycznia leden ledna sijecanj sijecnja januarja ianuarie ocak ιανουαριος ιανουαριου января сичня
february februar fevrier febrero febbraio februari fevereiro helmikuu luty lutego unor unora veljaca veljace februarja februarie subat φεβρουαριος φεβρουαριου февраля лютого
march marz mars marzo maart marco marts maaliskuu marzec marca brezen brezna ozujak ozujka marcius martie mart μαρτιος μαρτιου марта березня
april avril abril aprile abr huhtikuu kwiecien kwietnia duben dubna travanj travnja aprila aprilis aprilie nisan απριλιος απριλιου апреля квитня
may mai mayo maggio mei maio maj toukokuu maja kveten kvetna svibanj svibnja majus mayis μαιος μαιου мая травня
june juni juin junio giugno junho kesakuu czerwiec czerwca cerven cervna lipanj lipnja junij junija junius iunie haziran ιουνιος ιουνιου июня червня
july juli juillet julio luglio julho heinakuu lipiec lipca cervenec cervence srpanj srpnja julij julija julius iulie temmuz ιουλιος ιουλιου июля липня
august aout agosto augustus augusti elokuu sierpien sierpnia srpen srpna kolovoz kolovoza avgust avgusta augusztus agustos αυγουστος αυγουστου августа серпня
september septembre septiembre settembre setembro syyskuu wrzesien wrzesnia zari rujan rujna septembra szeptember septembrie eylul σεπτεμβριος σεπτεμβριου сентября вересня
october oktober octobre octubre ottobre outubro lokakuu pazdziernik pazdziernika rijen rijna listopad listopada oktobra oktober octombrie ekim οκτωβριος οκτωβριου октября жовтня
november novembre noviembre novembro marraskuu listopad listopada listopadu studeni studenog novembra noiembrie kasim νοεμβριος νοεμβριου ноября листопада
december dezember decembre diciembre dicembre dezembro desember joulukuu grudzien grudnia prosinec prosince prosinac prosinca decembra decembrie aralik δεκεμβριος δεκεμβριου декабря грудня
`;
