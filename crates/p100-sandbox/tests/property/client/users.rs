//! Users and their cards.

use p100::Decimal;
use p100::types::{CreateCardRequest, MessageResponse, UpdateCardLimitsRequest};
use p100_sandbox::Account;
use p100_sandbox::control::{CardChannel, CardTransaction, NewUser};

use super::super::draw::{Money, money, movable, once_in, pick};
use super::super::payment::movement;
use super::{Actor, NOBODY, Outcome};
use crate::users::{limited, request};

impl Actor {
    pub(super) async fn create_user(&mut self) {
        let number = self.notes().users.len();
        // Now and then somebody who is there already.
        let again = Some(self.user().0).filter(|id| id != NOBODY && once_in(&mut self.rng, 10));
        let id = again.unwrap_or_else(|| format!("user-{number}-{}", self.rng.u16(..)));
        let new = !self.notes().users.contains(&id);
        let (operation, response) = match self.rng.u32(..3) {
            0 => ("create", self.client.users().create(&request(&id, "LT")).await.map(|_| ())),
            1 => ("create limited", self.client.users().create_limited(&limited(&id)).await.map(|_| ())),
            _ => {
                let response = self.sandbox.add_user(NewUser::new(&id));
                if self.sort_command("add", new, response).is_some() {
                    self.notes().users.push(id);
                }
                return;
            }
        };
        match self.sort(operation, new, response) {
            Outcome::Done(()) | Outcome::Lost(true) => self.notes().users.push(id),
            // Nobody asks for somebody who perhaps is not there.
            Outcome::Lost(false) | Outcome::Refused => {}
        }
    }

    pub(super) async fn suspend(&mut self) {
        let (user, exists) = self.user();
        let response = self.client.users().suspend(&user).await;
        self.sort("suspend", exists, response);
    }

    pub(super) async fn unsuspend(&mut self) {
        let (user, exists) = self.user();
        let response = self.client.users().unsuspend(&user).await;
        self.sort("unsuspend", exists, response);
    }

    /// Rarely one of those who have money.
    pub(super) async fn delete_user(&mut self) {
        let newest = self.notes().users.last().cloned().expect("a user");
        let user = if once_in(&mut self.rng, 4) { self.user().0 } else { newest };
        let exists = user != NOBODY && !self.notes().deleted.contains(&user);
        let response = self.client.users().delete(&user).await;
        if let Outcome::Done(_) | Outcome::Lost(true) = self.sort("delete", exists, response) {
            self.notes().deleted.insert(user);
        }
    }

    pub(super) async fn create_card(&mut self) {
        let (user, exists) = self.user();
        let request = CreateCardRequest::builder().external_user_id(&user).label("Shopping").pin("1234").build();
        let response = self.client.cards().create(&request).await;
        if let Outcome::Done(card) = self.sort("card", exists, response) {
            self.notes().cards.push((user, card.card_id.to_string()));
        }
    }

    /// A card with its user.
    fn card(&mut self) -> (String, String) {
        let notes = self.notes.lock().expect("no client has failed");
        pick(&mut self.rng, &notes.cards).cloned().unwrap_or_else(|| (NOBODY.to_owned(), "no-card".to_owned()))
    }

    pub(super) fn pay_with_card(&mut self) {
        let (user, card) = self.card();
        let Money { amount, .. } = money(&mut self.rng, &["eur"]);
        let amount = if once_in(&mut self.rng, 10) { amount } else { Decimal::new(self.rng.i64(1..3000), 2) };
        let channel = [CardChannel::Pos, CardChannel::Atm, CardChannel::Ecom][self.rng.usize(..3)];
        self.pay(user, &card, amount, channel);
    }

    /// Tries what a new card allows on a day with all of them.
    pub(in super::super) fn try_cards(&mut self) {
        let cards = self.notes().cards.clone();
        for (user, card) in cards {
            self.pay(user, &card, 500.into(), CardChannel::Pos);
        }
    }

    fn pay(&mut self, user: String, card: &str, amount: Decimal, channel: CardChannel) {
        let valid = movable(amount, 2) && user != NOBODY && !self.notes().deleted.contains(&user);
        let response = self
            .sandbox
            .make_card_transaction(card, CardTransaction::builder().merchant_name("Shop").amount(amount).channel(channel).build());
        if self.sort_command("card payment", valid, response).is_some() {
            self.notes().booked.push(movement(&Account::User(user), &Account::Outside, "eur", amount));
        }
    }

    pub(super) async fn command_card(&mut self) {
        let (user, card) = self.card();
        let cards = self.client.cards();
        let response = match self.rng.u32(..6) {
            0 => cards.block(&user, &card).await,
            1 | 2 => cards.unblock(&user, &card).await,
            3 => cards.delete(&user, &card).await,
            4 => {
                let request = UpdateCardLimitsRequest::builder().external_user_id(&user).card_id(&card);
                let [daily, monthly] = [self.rng.i64(-5..600), self.rng.i64(..6000)].map(Decimal::from);
                let request = request.daily_trx_all(daily).monthly_trx_all(monthly).daily_trx_atm(daily).monthly_trx_atm(monthly);
                cards.update_limits(&request.daily_trx_ecom(daily).monthly_trx_ecom(monthly).build()).await
            }
            _ => cards.get(&user, &card).await.map(|_| MessageResponse::default()),
        };
        self.sort("card command", user != NOBODY, response);
    }
}
