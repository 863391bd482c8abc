import type { DocumentLanguage } from '../../../platform/pdf/labels.ts'

/** What the pay page says. `{…}` stands for a value. */
export interface PayWords {
  readonly to: string
  readonly choose: string
  readonly pay_by: string
  readonly card: string
  readonly transfer: string
  readonly transfer_hint: string
  readonly sent: string
  readonly processing_title: string
  readonly processing: string
  readonly processing_transfer: string
  readonly paid_title: string
  readonly paid: string
  readonly failed: string
  readonly expired_title: string
  readonly expired: string
  readonly regenerate: string
  readonly nothing_title: string
  readonly nothing: string
  readonly refunded_title: string
  readonly refunded: string
  readonly confirm_title: string
  readonly confirm_hint: string
  readonly confirm: string
  readonly pay: string
  readonly needs_script: string
  readonly show_invoice: string
  readonly back: string
  readonly test: string
  readonly powered: string
  readonly amount: string
  readonly gone_title: string
  readonly gone: string
  readonly error_title: string
  readonly error: string
  readonly again: string
}

const en: PayWords = {
  to: 'To {name}',
  choose: 'How would you like to pay?',
  pay_by: 'Pay {amount} by {method}',
  card: 'card',
  transfer: 'Bank transfer',
  transfer_hint: 'Transfer the amount with exactly this reference, then tell us.',
  sent: 'I have sent the transfer',
  processing_title: 'Your payment is on its way',
  processing: 'This page follows it by itself. Please do not pay again.',
  processing_transfer: 'Thank you. We wait for your transfer to arrive, which can take a few days. Please do not pay again.',
  paid_title: 'Paid. Thank you!',
  paid: '{name} has your payment.',
  failed: 'The payment did not work, and nothing was charged. Please try again, or pay another way.',
  expired_title: 'This link is over',
  expired: 'It can no longer be paid by. You can have a new one, if something is left to pay.',
  regenerate: 'Get a new link',
  nothing_title: 'Nothing is left to pay',
  nothing: 'Please ask {name} if you are not sure.',
  refunded_title: 'Your payment was refunded',
  refunded: 'Please ask {name} if you have questions about it.',
  confirm_title: 'Confirm your payment',
  confirm_hint: 'Your bank wants to be sure that it is you.',
  confirm: 'Confirm {amount}',
  pay: 'Pay {amount}',
  needs_script:
    'Cards are entered in a form of our payment provider, which needs JavaScript. Please switch it on, or pay another way.',
  show_invoice: 'Show the invoice',
  back: 'Return to platform',
  test: 'Test mode: nothing is charged, and no money moves.',
  powered: 'Powered by',
  amount: 'Amount',
  gone_title: 'There is no payment here',
  gone: 'The link may be incomplete. Please check it, or ask whoever sent it to you.',
  error_title: 'That did not work',
  error: 'Nothing was charged. Please try again in a moment.',
  again: 'Back to the payment',
}

const de: PayWords = {
  to: 'An {name}',
  choose: 'Wie möchten Sie bezahlen?',
  pay_by: '{amount} bezahlen mit {method}',
  card: 'Karte',
  transfer: 'Überweisung',
  transfer_hint: 'Überweisen Sie den Betrag mit genau diesem Verwendungszweck und sagen Sie uns dann Bescheid.',
  sent: 'Ich habe überwiesen',
  processing_title: 'Ihre Zahlung ist unterwegs',
  processing: 'Diese Seite verfolgt sie von selbst. Bitte zahlen Sie nicht noch einmal.',
  processing_transfer: 'Danke. Wir warten auf Ihre Überweisung, das kann einige Tage dauern. Bitte zahlen Sie nicht noch einmal.',
  paid_title: 'Bezahlt. Vielen Dank!',
  paid: '{name} hat Ihre Zahlung erhalten.',
  failed: 'Die Zahlung hat nicht geklappt, es wurde nichts abgebucht. Bitte versuchen Sie es noch einmal oder auf anderem Weg.',
  expired_title: 'Dieser Link ist abgelaufen',
  expired: 'Mit ihm kann nicht mehr bezahlt werden. Sie können einen neuen bekommen, wenn noch etwas offen ist.',
  regenerate: 'Neuen Link anfordern',
  nothing_title: 'Es ist nichts mehr zu bezahlen',
  nothing: 'Fragen Sie im Zweifel {name}.',
  refunded_title: 'Ihre Zahlung wurde erstattet',
  refunded: 'Fragen dazu beantwortet {name}.',
  confirm_title: 'Bestätigen Sie Ihre Zahlung',
  confirm_hint: 'Ihre Bank möchte sicher sein, dass Sie es sind.',
  confirm: '{amount} bestätigen',
  pay: '{amount} bezahlen',
  needs_script:
    'Karten werden in ein Formular unseres Zahlungsdienstes eingegeben, das JavaScript braucht. Bitte schalten Sie es ein oder zahlen Sie auf anderem Weg.',
  show_invoice: 'Rechnung ansehen',
  back: 'Zurück zur Plattform',
  test: 'Testbetrieb: Es wird nichts abgebucht, und es fließt kein Geld.',
  powered: 'Bereitgestellt von',
  amount: 'Betrag',
  gone_title: 'Hier gibt es keine Zahlung',
  gone: 'Vielleicht ist der Link unvollständig. Prüfen Sie ihn bitte, oder fragen Sie, wer ihn geschickt hat.',
  error_title: 'Das hat nicht geklappt',
  error: 'Es wurde nichts abgebucht. Bitte versuchen Sie es gleich noch einmal.',
  again: 'Zurück zur Zahlung',
}

const fr: PayWords = {
  to: 'À {name}',
  choose: 'Comment souhaitez-vous payer ?',
  pay_by: 'Payer {amount} par {method}',
  card: 'carte',
  transfer: 'Virement bancaire',
  transfer_hint: 'Virez le montant avec exactement cette référence, puis dites-le-nous.',
  sent: "J'ai fait le virement",
  processing_title: 'Votre paiement est en route',
  processing: "Cette page le suit d'elle-même. Merci de ne pas payer une seconde fois.",
  processing_transfer:
    'Merci. Nous attendons votre virement, ce qui peut prendre quelques jours. Merci de ne pas payer une seconde fois.',
  paid_title: 'Payé. Merci !',
  paid: '{name} a reçu votre paiement.',
  failed: "Le paiement n'a pas abouti et rien n'a été débité. Réessayez ou payez autrement.",
  expired_title: 'Ce lien a expiré',
  expired: "Il ne permet plus de payer. Vous pouvez en obtenir un nouveau s'il reste quelque chose à payer.",
  regenerate: 'Obtenir un nouveau lien',
  nothing_title: 'Il ne reste rien à payer',
  nothing: 'En cas de doute, adressez-vous à {name}.',
  refunded_title: 'Votre paiement a été remboursé',
  refunded: 'Pour toute question, adressez-vous à {name}.',
  confirm_title: 'Confirmez votre paiement',
  confirm_hint: "Votre banque veut s'assurer que c'est bien vous.",
  confirm: 'Confirmer {amount}',
  pay: 'Payer {amount}',
  needs_script:
    'La carte se saisit dans un formulaire de notre prestataire de paiement, qui a besoin de JavaScript. Activez-le ou payez autrement.',
  show_invoice: 'Voir la facture',
  back: 'Retour à la plateforme',
  test: "Mode test : rien n'est débité, aucun argent ne circule.",
  powered: 'Proposé par',
  amount: 'Montant',
  gone_title: "Il n'y a pas de paiement ici",
  gone: 'Le lien est peut-être incomplet. Vérifiez-le, ou demandez à la personne qui vous a écrit.',
  error_title: "Cela n'a pas fonctionné",
  error: "Rien n'a été débité. Réessayez dans un instant.",
  again: 'Retour au paiement',
}

const nl: PayWords = {
  to: 'Aan {name}',
  choose: 'Hoe wilt u betalen?',
  pay_by: '{amount} betalen met {method}',
  card: 'kaart',
  transfer: 'Overschrijving',
  transfer_hint: 'Maak het bedrag over met precies dit kenmerk en laat het ons daarna weten.',
  sent: 'Ik heb het overgemaakt',
  processing_title: 'Uw betaling is onderweg',
  processing: 'Deze pagina volgt haar vanzelf. Betaal niet nog een keer.',
  processing_transfer: 'Bedankt. Wij wachten op uw overschrijving, dat kan enkele dagen duren. Betaal niet nog een keer.',
  paid_title: 'Betaald. Bedankt!',
  paid: '{name} heeft uw betaling ontvangen.',
  failed: 'De betaling is niet gelukt en er is niets afgeschreven. Probeer het opnieuw of betaal anders.',
  expired_title: 'Deze link is verlopen',
  expired: 'U kunt er niet meer mee betalen. U kunt een nieuwe krijgen als er nog iets openstaat.',
  regenerate: 'Nieuwe link aanvragen',
  nothing_title: 'Er is niets meer te betalen',
  nothing: 'Vraag het bij twijfel aan {name}.',
  refunded_title: 'Uw betaling is terugbetaald',
  refunded: 'Vragen? {name} helpt u verder.',
  confirm_title: 'Bevestig uw betaling',
  confirm_hint: 'Uw bank wil zeker weten dat u het bent.',
  confirm: '{amount} bevestigen',
  pay: '{amount} betalen',
  needs_script:
    'Kaarten worden ingevuld in een formulier van onze betaaldienst, dat JavaScript nodig heeft. Zet het aan of betaal op een andere manier.',
  show_invoice: 'Factuur bekijken',
  back: 'Terug naar het platform',
  test: 'Testmodus: er wordt niets afgeschreven en er gaat geen geld om.',
  powered: 'Mogelijk gemaakt door',
  amount: 'Bedrag',
  gone_title: 'Hier is geen betaling',
  gone: 'De link is misschien onvolledig. Controleer hem, of vraag het wie hem stuurde.',
  error_title: 'Dat is niet gelukt',
  error: 'Er is niets afgeschreven. Probeer het zo meteen opnieuw.',
  again: 'Terug naar de betaling',
}

const es: PayWords = {
  to: 'A {name}',
  choose: '¿Cómo quiere pagar?',
  pay_by: 'Pagar {amount} con {method}',
  card: 'tarjeta',
  transfer: 'Transferencia bancaria',
  transfer_hint: 'Transfiera el importe con esta referencia exacta y después avísenos.',
  sent: 'He hecho la transferencia',
  processing_title: 'Su pago está en camino',
  processing: 'Esta página lo sigue por sí sola. No pague otra vez.',
  processing_transfer: 'Gracias. Esperamos su transferencia, que puede tardar unos días. No pague otra vez.',
  paid_title: 'Pagado. ¡Gracias!',
  paid: '{name} ha recibido su pago.',
  failed: 'El pago no ha funcionado y no se ha cobrado nada. Inténtelo de nuevo o pague de otra forma.',
  expired_title: 'Este enlace ha caducado',
  expired: 'Ya no sirve para pagar. Puede obtener uno nuevo si queda algo pendiente.',
  regenerate: 'Obtener un enlace nuevo',
  nothing_title: 'No queda nada por pagar',
  nothing: 'En caso de duda, pregunte a {name}.',
  refunded_title: 'Su pago ha sido devuelto',
  refunded: 'Si tiene preguntas, diríjase a {name}.',
  confirm_title: 'Confirme su pago',
  confirm_hint: 'Su banco quiere asegurarse de que es usted.',
  confirm: 'Confirmar {amount}',
  pay: 'Pagar {amount}',
  needs_script:
    'La tarjeta se introduce en un formulario de nuestro proveedor de pagos, que necesita JavaScript. Actívelo o pague de otra forma.',
  show_invoice: 'Ver la factura',
  back: 'Volver a la plataforma',
  test: 'Modo de prueba: no se cobra nada ni se mueve dinero.',
  powered: 'Con la tecnología de',
  amount: 'Importe',
  gone_title: 'Aquí no hay ningún pago',
  gone: 'Puede que el enlace esté incompleto. Compruébelo o pregunte a quien se lo envió.',
  error_title: 'No ha funcionado',
  error: 'No se ha cobrado nada. Inténtelo de nuevo en un momento.',
  again: 'Volver al pago',
}

const pt: PayWords = {
  to: 'A {name}',
  choose: 'Como quer pagar?',
  pay_by: 'Pagar {amount} com {method}',
  card: 'cartão',
  transfer: 'Transferência bancária',
  transfer_hint: 'Transfira o montante exatamente com esta referência e depois avise-nos.',
  sent: 'Já fiz a transferência',
  processing_title: 'O seu pagamento está a caminho',
  processing: 'Esta página acompanha-o sozinha. Não pague outra vez.',
  processing_transfer: 'Obrigado. Aguardamos a sua transferência, que pode demorar alguns dias. Não pague outra vez.',
  paid_title: 'Pago. Obrigado!',
  paid: '{name} recebeu o seu pagamento.',
  failed: 'O pagamento não funcionou e nada foi cobrado. Tente de novo ou pague de outra forma.',
  expired_title: 'Esta ligação expirou',
  expired: 'Já não serve para pagar. Pode obter uma nova, se ainda houver algo em aberto.',
  regenerate: 'Obter uma nova ligação',
  nothing_title: 'Não há nada a pagar',
  nothing: 'Em caso de dúvida, pergunte a {name}.',
  refunded_title: 'O seu pagamento foi devolvido',
  refunded: 'Se tiver perguntas, fale com {name}.',
  confirm_title: 'Confirme o seu pagamento',
  confirm_hint: 'O seu banco quer ter a certeza de que é mesmo você.',
  confirm: 'Confirmar {amount}',
  pay: 'Pagar {amount}',
  needs_script:
    'O cartão é introduzido num formulário do nosso prestador de pagamentos, que precisa de JavaScript. Ative-o ou pague de outra forma.',
  show_invoice: 'Ver a fatura',
  back: 'Voltar à plataforma',
  test: 'Modo de teste: nada é cobrado e nenhum dinheiro se move.',
  powered: 'Com tecnologia de',
  amount: 'Montante',
  gone_title: 'Não há nenhum pagamento aqui',
  gone: 'A ligação pode estar incompleta. Verifique-a ou pergunte a quem a enviou.',
  error_title: 'Não funcionou',
  error: 'Nada foi cobrado. Tente de novo dentro de momentos.',
  again: 'Voltar ao pagamento',
}

const it: PayWords = {
  to: 'A {name}',
  choose: 'Come desidera pagare?',
  pay_by: 'Paga {amount} con {method}',
  card: 'carta',
  transfer: 'Bonifico bancario',
  transfer_hint: "Versi l'importo con questa causale esatta, poi ci avvisi.",
  sent: 'Ho fatto il bonifico',
  processing_title: 'Il pagamento è in corso',
  processing: 'Questa pagina lo segue da sola. Non paghi di nuovo.',
  processing_transfer: 'Grazie. Attendiamo il suo bonifico, può richiedere qualche giorno. Non paghi di nuovo.',
  paid_title: 'Pagato. Grazie!',
  paid: '{name} ha ricevuto il pagamento.',
  failed: 'Il pagamento non è riuscito e non è stato addebitato nulla. Riprovi o paghi in altro modo.',
  expired_title: 'Questo link è scaduto',
  expired: "Non si può più usare per pagare. Può averne uno nuovo, se c'è ancora qualcosa da pagare.",
  regenerate: 'Ottieni un nuovo link',
  nothing_title: "Non c'è più nulla da pagare",
  nothing: 'In caso di dubbio chieda a {name}.',
  refunded_title: 'Il pagamento è stato rimborsato',
  refunded: 'Per domande si rivolga a {name}.',
  confirm_title: 'Confermi il pagamento',
  confirm_hint: 'La sua banca vuole essere certa che sia lei.',
  confirm: 'Conferma {amount}',
  pay: 'Paga {amount}',
  needs_script:
    'La carta si inserisce in un modulo del nostro fornitore di pagamenti, che richiede JavaScript. Attivalo o paga in un altro modo.',
  show_invoice: 'Vedi la fattura',
  back: 'Torna alla piattaforma',
  test: 'Modalità di prova: nulla viene addebitato e nessun denaro si muove.',
  powered: 'Offerto da',
  amount: 'Importo',
  gone_title: "Qui non c'è nessun pagamento",
  gone: 'Forse il link è incompleto. Lo controlli o chieda a chi lo ha inviato.',
  error_title: 'Non ha funzionato',
  error: 'Non è stato addebitato nulla. Riprovi tra poco.',
  again: 'Torna al pagamento',
}

const ar: PayWords = {
  to: 'إلى {name}',
  choose: 'كيف تود أن تدفع؟',
  pay_by: 'ادفع {amount} بواسطة {method}',
  card: 'البطاقة',
  transfer: 'تحويل بنكي',
  transfer_hint: 'حوّل المبلغ مع ذكر هذا المرجع تمامًا، ثم أخبرنا.',
  sent: 'لقد أرسلت التحويل',
  processing_title: 'دفعتك في الطريق',
  processing: 'تتابعها هذه الصفحة تلقائيًا. يُرجى عدم الدفع مرة أخرى.',
  processing_transfer: 'شكرًا لك. ننتظر وصول تحويلك، وقد يستغرق ذلك بضعة أيام. يُرجى عدم الدفع مرة أخرى.',
  paid_title: 'تم الدفع. شكرًا لك!',
  paid: 'استلم {name} دفعتك.',
  failed: 'لم تنجح عملية الدفع ولم يُخصم أي مبلغ. حاول مرة أخرى أو ادفع بطريقة أخرى.',
  expired_title: 'انتهت صلاحية هذا الرابط',
  expired: 'لم يعد الدفع ممكنًا من خلاله. يمكنك الحصول على رابط جديد إذا بقي شيء مستحق.',
  regenerate: 'احصل على رابط جديد',
  nothing_title: 'لم يبقَ شيء للدفع',
  nothing: 'إذا لم تكن متأكدًا فاسأل {name}.',
  refunded_title: 'تمت إعادة دفعتك',
  refunded: 'إذا كانت لديك أسئلة فتواصل مع {name}.',
  confirm_title: 'أكّد دفعتك',
  confirm_hint: 'يريد بنكك التأكد من هويتك.',
  confirm: 'تأكيد {amount}',
  pay: 'ادفع {amount}',
  needs_script: 'تُدخل البطاقة في نموذج لدى مزود الدفع لدينا، وهو يحتاج إلى JavaScript. يرجى تفعيله أو الدفع بطريقة أخرى.',
  show_invoice: 'عرض الفاتورة',
  back: 'العودة إلى المنصة',
  test: 'وضع الاختبار: لا يُخصم شيء ولا تنتقل أي أموال.',
  powered: 'مقدّم من',
  amount: 'المبلغ',
  gone_title: 'لا توجد دفعة هنا',
  gone: 'قد يكون الرابط غير مكتمل. تحقق منه أو اسأل من أرسله إليك.',
  error_title: 'لم ينجح ذلك',
  error: 'لم يُخصم أي مبلغ. حاول مرة أخرى بعد قليل.',
  again: 'العودة إلى الدفع',
}

const he: PayWords = {
  to: 'אל {name}',
  choose: 'איך תרצו לשלם?',
  pay_by: 'תשלום {amount} באמצעות {method}',
  card: 'כרטיס',
  transfer: 'העברה בנקאית',
  transfer_hint: 'העבירו את הסכום עם האסמכתה הזו בדיוק, ואז עדכנו אותנו.',
  sent: 'שלחתי את ההעברה',
  processing_title: 'התשלום שלכם בדרך',
  processing: 'הדף עוקב אחריו בעצמו. נא לא לשלם שוב.',
  processing_transfer: 'תודה. אנו ממתינים להעברה, וזה עשוי לקחת כמה ימים. נא לא לשלם שוב.',
  paid_title: 'שולם. תודה!',
  paid: 'התשלום התקבל אצל {name}.',
  failed: 'התשלום לא הצליח ולא חויב דבר. נסו שוב או שלמו בדרך אחרת.',
  expired_title: 'תוקף הקישור פג',
  expired: 'לא ניתן עוד לשלם באמצעותו. ניתן לקבל קישור חדש אם נותר מה לשלם.',
  regenerate: 'קבלת קישור חדש',
  nothing_title: 'לא נותר מה לשלם',
  nothing: 'במקרה של ספק פנו אל {name}.',
  refunded_title: 'התשלום שלכם הוחזר',
  refunded: 'לשאלות פנו אל {name}.',
  confirm_title: 'אישור התשלום',
  confirm_hint: 'הבנק שלכם רוצה לוודא שאלה אתם.',
  confirm: 'אישור {amount}',
  pay: 'לתשלום {amount}',
  needs_script: 'פרטי הכרטיס מוזנים בטופס של ספק התשלומים שלנו, הדורש JavaScript. יש להפעיל אותו או לשלם בדרך אחרת.',
  show_invoice: 'הצגת החשבונית',
  back: 'חזרה לפלטפורמה',
  test: 'מצב בדיקה: לא מחויב דבר ולא עובר כסף.',
  powered: 'מופעל על ידי',
  amount: 'סכום',
  gone_title: 'אין כאן תשלום',
  gone: 'ייתכן שהקישור אינו שלם. בדקו אותו או שאלו את מי ששלח אותו.',
  error_title: 'זה לא הצליח',
  error: 'לא חויב דבר. נסו שוב בעוד רגע.',
  again: 'חזרה לתשלום',
}

const words: Readonly<Record<DocumentLanguage, PayWords>> = { en, de, fr, nl, es, pt, it, ar, he }
export const payWords = (language: DocumentLanguage): PayWords => words[language]
